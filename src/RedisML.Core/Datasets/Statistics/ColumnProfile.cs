using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Datasets.Statistics;

/// <summary>Collects what a summary says about a column, from its arrays in the order of the chunks: one thread at a time, so that the
/// result depends on the data alone.</summary>
abstract class ColumnProfile
{
    /// <summary>Different values of which all is kept: up to so many, everything about a column is exact.</summary>
    public const int MaxExact = 1 << 13;

    /// <param name="sample">Values of numbers and times, ascending, where bins are to be chosen by them.</param>
    public static ColumnProfile Create(DatasetColumn column, SummaryOptions options, double[]? sample = null) => column.Type.Kind switch
    {
        TypeKind.Boolean => new BooleanProfile(options),
        TypeKind.Utf8 => new TextProfile(options),
        TypeKind.Binary or TypeKind.List => new DistinctProfile(column.Type),
        _ => new NumberProfile(column, options, sample),
    };

    public abstract void Add(IArrowArray array);

    /// <summary>The summary with what this profile knows.</summary>
    public abstract ColumnSummary Complete(ColumnSummary summary);

    /// <summary>The items that are listed: those whose least count is above what a forgotten one may have had.</summary>
    protected static List<ValueCount> TopOf(FrequentItems items, int count, Func<ulong, int, object> value) =>
    [
        .. items.Items.Where(i => i.Count > items.MaximumError).OrderByDescending(i => i.Count).ThenBy(i => i.Key).Take(count)
            .Select(i => new ValueCount(value(i.Key, i.Tag), i.Count)),
    ];
}

sealed class BooleanProfile(SummaryOptions options) : ColumnProfile
{
    readonly long[] _counts = new long[2];

    public override void Add(IArrowArray array)
    {
        var booleans = (BooleanArray)array;
        for (int row = 0; row < booleans.Length; row++)
            if (booleans.IsValid(row)) _counts[BitUtility.GetBit(booleans.Values, booleans.Offset + row) ? 1 : 0]++;
    }

    public override ColumnSummary Complete(ColumnSummary summary) => summary with
    {
        Distinct = _counts.Count(c => c > 0),
        Top = options.Top == 0 ? null : _counts.Select((count, i) => new ValueCount(i == 1, count)).Where(v => v.Rows > 0)
            .OrderByDescending(v => v.Rows).Take(options.Top).ToList(),
    };
}

/// <summary>The profile of values that have no order and aren't listed.</summary>
sealed class DistinctProfile(ColumnType type) : ColumnProfile
{
    readonly DistinctCounter _distinct = new();

    public override void Add(IArrowArray array)
    {
        for (int row = 0; row < array.Length; row++)
            if (ValueKeys.TryGet(array, row, type, out ulong key)) _distinct.Add(key);
    }

    public override ColumnSummary Complete(ColumnSummary summary) => summary with { Distinct = _distinct.Count };
}
