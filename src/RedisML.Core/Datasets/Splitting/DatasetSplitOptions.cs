using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Datasets.Splitting;

/// <summary>How a dataset is split. Without <see cref="Stratify"/> and <see cref="By"/> each row goes its own way at random.</summary>
public sealed record DatasetSplitOptions
{
    public required IReadOnlyList<SplitPart> Parts { get; init; }

    public int Seed { get; init; }

    /// <summary>The column of whose values each part has the same share, to the row; a missing value is one of its own.</summary>
    public string? Stratify { get; init; }

    /// <summary>The column whose values are never torn apart: all rows with one of them go to the same part.</summary>
    public string? By { get; init; }

    /// <summary>The column of each of whose values the last row goes to the second of two parts, and all others to the first: so each
    /// user's last event is there to test on. The only row of a value stays in the first part, and so do rows without one.</summary>
    public string? LastOf { get; init; }

    /// <summary>With <see cref="LastOf"/>: the column whose greatest value is the last; of equal ones, and without it,
    /// the row that comes last.</summary>
    public string? OrderBy { get; init; }

    /// <summary>A condition on column values that alone decides: the rows for which it is true go to the second of two parts,
    /// all others to the first.</summary>
    public string? Filter { get; init; }

    /// <summary>
    /// With <see cref="By"/>: whether the rows with the least values go to the first part, and so on; else whole groups are dealt out at
    /// random. Null for what suits the column: dates and timestamps are sorted.
    /// </summary>
    public bool? Sorted { get; init; }

    /// <summary>Replaces parts that exist and came from something else.</summary>
    public bool Force { get; init; }

    /// <exception cref="RedisMLException"><c>ConflictingOptions</c>, <c>ColumnNotFound</c>, <c>UnsortableColumn</c>,
    /// <c>InvalidExpression</c></exception>
    internal void Check(Dataset source)
    {
        if (OrderBy is not null && LastOf is null)
            throw new RedisMLException("ConflictingOptions", ErrorKind.InvalidArgument,
                "An order says which row is the last of a column's value: that column is missing.", OrderBy);
        if (LastOf is not null)
        {
            CheckLast(source);
            return;
        }
        if (Filter is not null)
        {
            if (Stratify is not null || By is not null || Sorted is not null || Parts.Count != 2)
                throw new RedisMLException("ConflictingOptions", ErrorKind.InvalidArgument,
                    "A condition alone decides which of two parts a row goes to.", Filter);
            _ = new RowFilter(Filter, source);
            return;
        }
        if (Stratify is not null && By is not null)
            throw new RedisMLException("ConflictingOptions", ErrorKind.InvalidArgument,
                "Rows are split by stratum, or by column, not both.", By);
        if (Sorted is not null && By is null)
            throw new RedisMLException("ConflictingOptions", ErrorKind.InvalidArgument, "To be sorted, rows need a column to be split by.",
                source.Name);
        if (Stratify is not null) source.Column(Stratify);
        if (By is not null && IsSorted(source) && !OrderedKeys.CanOrder(source.Column(By).Type))
            throw new RedisMLException("UnsortableColumn", ErrorKind.InvalidArgument,
                $"Column '{By}' is {source.Column(By).Type}; rows are sorted by numbers, dates and timestamps.", By);
    }

    void CheckLast(Dataset source)
    {
        if (Filter is not null || Stratify is not null || By is not null || Sorted is not null || Parts.Count != 2)
            throw new RedisMLException("ConflictingOptions", ErrorKind.InvalidArgument,
                "Which row is the last of a column's value alone decides which of two parts it goes to.", LastOf);
        source.Column(LastOf!);
        if (OrderBy is not null && !OrderedKeys.CanOrder(source.Column(OrderBy).Type))
            throw new RedisMLException("UnsortableColumn", ErrorKind.InvalidArgument,
                $"Column '{OrderBy}' is {source.Column(OrderBy).Type}; rows are sorted by numbers, dates and timestamps.", OrderBy);
    }

    internal bool IsSorted(Dataset source) =>
        By is not null && (Sorted ?? source.Column(By).Type.Kind is TypeKind.Date32 or TypeKind.Timestamp);

    /// <summary>What decides which rows go where.</summary>
    internal string Describe(Dataset source) => Filter is not null ? $"filter:{Filter}"
        : LastOf is not null ? $"last:{LastOf}:{OrderBy}" : string.Join(':',
        [string.Join('/', Parts.Select(p => FormattableString.Invariant($"{p.Fraction}"))), FormattableString.Invariant($"{Seed}"),
            .. Stratify is null ? (string[])[] : ["stratify", Stratify], .. By is null ? (string[])[]
                : [IsSorted(source) ? "sorted" : "groups", By]]);
}

/// <summary>A part to split off.</summary>
/// <param name="Name">What follows the dataset's name and a hyphen.</param>
/// <param name="Fraction">The fraction of the rows that the part gets; 0 where it isn't known before.</param>
public sealed record SplitPart(string Name, decimal Fraction)
{
    /// <summary>Beyond it fractions don't add up to one.</summary>
    const decimal Tolerance = 1e-6m;

    /// <summary><c>train</c> and <c>test</c>.</summary>
    public static IReadOnlyList<SplitPart> TrainAndTest(double testFraction) => Of([1 - testFraction, testFraction]);

    /// <summary>The two parts of a condition, whose fractions nobody knows before: the rows for which it is false, or missing, and those
    /// for which it is true.</summary>
    /// <param name="names">Null for <c>train</c> and <c>test</c>.</param>
    /// <exception cref="RedisMLException"><c>InvalidPartName</c></exception>
    public static IReadOnlyList<SplitPart> ByCondition(IReadOnlyList<string>? names = null) =>
        [.. Of([0.5, 0.5], names).Select(part => part with { Fraction = 0 })];

    /// <param name="fractions">Above 0; they add up to 1.</param>
    /// <param name="names">As many; null for <c>train</c>, <c>validation</c>, <c>test</c>, as many as there are, beyond three for
    /// <c>part1</c> and so on.</param>
    /// <exception cref="RedisMLException"><c>InvalidFraction</c>, <c>InvalidPartName</c></exception>
    public static IReadOnlyList<SplitPart> Of(IReadOnlyList<double> fractions, IReadOnlyList<string>? names = null)
    {
        if (fractions.Count < 2 || fractions.Any(f => !(f > 0 && f < 1)) || Math.Abs(fractions.Sum(f => (decimal)f) - 1) > Tolerance)
            throw new RedisMLException("InvalidFraction", ErrorKind.InvalidArgument,
                "Fractions are two or more numbers above 0 that add up to 1, such as 0.7, 0.15, 0.15.", fractions);
        names ??= fractions.Count switch
        {
            2 => ["train", "test"],
            3 => ["train", "validation", "test"],
            int count => [.. Enumerable.Range(1, count).Select(i => $"part{i}")],
        };
        if (names.Count != fractions.Count || names.Distinct(StringComparer.Ordinal).Count() != names.Count
            || names.Any(string.IsNullOrEmpty))
            throw new RedisMLException("InvalidPartName", ErrorKind.InvalidArgument,
                $"{fractions.Count} parts need {fractions.Count} different names.", names);
        // What the others leave, so that the sum is 1 exactly.
        return [.. fractions.Take(fractions.Count - 1).Select((f, i) => new SplitPart(names[i], (decimal)f)),
            new(names[^1], 1 - fractions.Take(fractions.Count - 1).Sum(f => (decimal)f))];
    }
}
