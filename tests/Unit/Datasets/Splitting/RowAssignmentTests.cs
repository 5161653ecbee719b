using System.Text;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Datasets;
using RedisML.Datasets.Splitting;
using RedisML.Errors;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets.Splitting;

public class RowAssignmentTests
{
    static readonly IReadOnlyList<SplitPart> s_parts = SplitPart.Of([0.7, 0.15, 0.15]);

    [Theory]
    [InlineData(new[] { 0.7, 0.15, 0.15 })]
    [InlineData(new[] { 0.8, 0.2 })]
    [InlineData(new[] { 1.0 / 3, 1.0 / 3, 1.0 / 3 })]
    [InlineData(new[] { 0.05, 0.9, 0.01, 0.04 })]
    public void Class_counts_are_off_by_less_than_one_and_parts_by_hardly_more(double[] fractions)
    {
        var random = new Random(7);
        decimal[] exact = [.. SplitPart.Of(fractions).Select(p => p.Fraction)];
        for (int round = 0; round < 100; round++)
        {
            long[] classes = [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => (long)Math.Pow(10, random.NextDouble() * 6))];
            var shares = StratifiedAssignment.Allocate(classes, exact);
            for (int i = 0; i < classes.Length; i++)
            {
                Assert.Equal(classes[i], shares[i].Sum());
                for (int part = 0; part < exact.Length; part++)
                    Assert.True(Math.Abs(shares[i][part] - exact[part] * classes[i]) < 1, $"{shares[i][part]} of {classes[i]}");
            }
            for (int part = 0; part < exact.Length; part++)
                Assert.InRange(shares.Sum(s => s[part]) - exact[part] * classes.Sum(), -exact.Length, exact.Length);
        }
    }

    [Fact]
    public void Classes_of_a_single_row_fill_all_parts_by_their_fractions()
    {
        var shares = StratifiedAssignment.Allocate([.. Enumerable.Repeat(1L, 200)], [.. s_parts.Select(p => p.Fraction)]);
        Assert.Equal([140, 30, 30], Enumerable.Range(0, 3).Select(part => shares.Sum(s => s[part])));
    }

    [Fact]
    public async Task Stratified_parts_of_a_real_column_are_exact_and_drawn_by_the_seed()
    {
        string?[] cuts = [.. SampleColumn.Diamonds("cut").Select((cut, i) => i % 1000 == 3 ? null : cut)];
        var source = Source(ColumnType.Utf8, cuts.Length);
        var chunks = Chunks(TextColumn(cuts), 7000);
        var first = await AssignAsync(1);
        Assert.Equal(first, await AssignAsync(1));
        var other = await AssignAsync(2);
        Assert.InRange(first.Where((part, row) => part != other[row]).Count(), cuts.Length / 3, cuts.Length * 2 / 3);
        foreach (var cut in cuts.Distinct())
            for (int part = 0; part < 3; part++)
                Assert.True(Math.Abs(cuts.Where((c, row) => c == cut && first[row] == part).Count() - s_parts[part].Fraction
                    * cuts.Count(c => c == cut)) < 1);
        // Drawn evenly: the rows of a class aren't taken from its beginning.
        int half = cuts.Length / 2;
        Assert.InRange(first.Take(half).Count(part => part == 1) / (0.15 * half), 0.95, 1.05);

        async Task<int[]> AssignAsync(int seed) =>
            Assign(await StratifiedAssignment.PlanAsync(Async(chunks), source, 0, s_parts, seed), chunks);
    }

    [Fact]
    public async Task Rows_that_came_or_went_since_they_were_counted_are_noticed()
    {
        var source = Source(ColumnType.Utf8, 4);
        var before = Chunks(TextColumn(["a", "b", "a", "a"]), 4);
        foreach (string?[] rows in new string?[][] { ["a", "b", "a"], ["a", "b", "a", "c"], ["a", "b", "b", "a"], ["a", "b", "a", null] })
        {
            var assignment = await StratifiedAssignment.PlanAsync(Async(before), source, 0, s_parts, 0);
            Assert.Equal("DatasetChanged", Assert.Throws<RedisMLException>(() => Assign(assignment, Chunks(TextColumn(rows), 4))).ErrorId);
        }
    }

    [Fact]
    public async Task A_column_of_too_many_values_is_no_stratum()
    {
        var column = TextColumn(Enumerable.Range(0, 10_001).Select(i => $"{i}"));
        var error = await Assert.ThrowsAsync<RedisMLException>(
            () => StratifiedAssignment.PlanAsync(Async(Chunks(column, 5000)), Source(ColumnType.Utf8, 10_001), 0, s_parts, 0));
        Assert.Equal("TooManyLevels", error.ErrorId);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(100)]
    public async Task Groups_stay_whole_and_parts_come_near_their_fractions(int maxCounted)
    {
        // Many rows in few groups, few rows in many, one without a value; zero is a group like another.
        var random = new Random(3);
        double?[] values = [.. Enumerable.Range(0, 20_000)
            .Select(_ => random.Next(20) is 0 ? (double?)null : Math.Floor(Math.Pow(random.NextDouble(), 4) * 2000))];
        values[5] = double.NaN;
        var chunks = Chunks(NumberColumn(values), 3000);
        var parts = await AssignAsync(1);
        Assert.All(values.Zip(parts).GroupBy(p => double.IsNaN(p.First ?? 0) ? null : p.First), group =>
            Assert.Single(group.Select(g => g.Second).Distinct()));
        Assert.Equal(parts, await AssignAsync(1));
        Assert.NotEqual(parts, await AssignAsync(2));
        double tolerance = maxCounted == int.MaxValue ? 0.001 : 0.15;
        for (int part = 0; part < 3; part++)
            Assert.InRange(parts.Count(p => p == part) / 20_000.0, (double)s_parts[part].Fraction - tolerance,
                (double)s_parts[part].Fraction + tolerance);

        async Task<int[]> AssignAsync(int seed) =>
            Assign(await GroupAssignment.PlanAsync(Async(chunks), 0, ColumnType.Float64, s_parts, seed, maxCounted), chunks);
    }

    public static TheoryData<double?[], double[], int[]> Sortings => new()
    {
        { [4, 1, 3, 2, 5, 6, 8, 7, 10, 9], [0.5, 0.3, 0.2], [0, 0, 0, 0, 0, 1, 1, 1, 2, 2] },
        // Three of ten are equal: more of them lie on this side of the cut than on the other.
        { [1, 2, 3, 4, 5, 5, 5, 6, 7, 8], [0.6, 0.4], [0, 0, 0, 0, 0, 0, 0, 1, 1, 1] },
        { [1, 2, 3, 4, 5, 5, 5, 6, 7, 8], [0.5, 0.5], [0, 0, 0, 0, 1, 1, 1, 1, 1, 1] },
        // A missing value is later than all others.
        { [null, -1.5, -7, 0, double.NaN], [0.4, 0.6], [1, 0, 0, 1, 1] },
        { [null, null, null, 1, 2], [0.4, 0.6], [1, 1, 1, 0, 0] },
        // The first part isn't left empty by ties.
        { [1, 1, 1, 2], [0.2, 0.8], [0, 0, 0, 1] },
        { [double.NegativeInfinity, -1e300, 1e-300, double.PositiveInfinity], [0.5, 0.25, 0.25], [0, 0, 1, 2] },
    };

    [Theory]
    [MemberData(nameof(Sortings))]
    public async Task The_least_values_go_to_the_first_part_and_equal_ones_together(double?[] values, double[] fractions, int[] expected)
    {
        var chunks = Chunks(NumberColumn(values), 3);
        Assert.Equal(expected,
            Assign(await SortedAsync(chunks, Source(ColumnType.Float64, values.Length, Built(NumberColumn(values)).Statistics), fractions),
            chunks));
    }

    [Theory]
    [InlineData(long.MinValue, long.MaxValue)]
    [InlineData(1_700_000_000_000_000_000, 1_800_000_000_000_000_000)]
    [InlineData(-40, 40)]
    public async Task Parts_of_sorted_integers_have_their_fraction_but_for_ties(long from, long to)
    {
        var random = new Random(5);
        long[] values = [.. Enumerable.Range(0, 10_000).Select(_ => random.NextInt64(from, to))];
        var builder = new Int64ColumnBuilder();
        foreach (long value in values) builder.Append(value);
        var built = builder.Build();
        var chunks = Chunks(built.Array, 4000);
        var parts = Assign(await SortedAsync(chunks, Source(ColumnType.Int64, values.Length, built.Statistics), [0.7, 0.15, 0.15]), chunks);
        var sorted = values.Order().ToArray();
        int start = 0;
        for (int part = 0; part < 3; part++)
        {
            var mine = values.Where((_, row) => parts[row] == part).Order().ToArray();
            Assert.Equal(sorted.AsSpan(start, mine.Length).ToArray(), mine);
            start += mine.Length;
            int wanted = (int)(10_000 * s_parts.Take(part + 1).Sum(p => p.Fraction)),
                ties = sorted.Count(v => v == sorted[Math.Min(wanted, 9_999)]);
            Assert.InRange(start, wanted - ties / 2 - 1, wanted + ties / 2 + 1);
            if (part < 2) Assert.NotEqual(sorted[start - 1], sorted[start]);
        }
    }

    [Theory]
    [InlineData("InvalidFraction", new[] { 0.5, 0.6 }, null)]
    [InlineData("InvalidFraction", new[] { 1.0 }, null)]
    [InlineData("InvalidFraction", new[] { 1.5, -0.5 }, null)]
    [InlineData("InvalidFraction", new[] { double.NaN, 0.5 }, null)]
    [InlineData("InvalidPartName", new[] { 0.5, 0.5 }, new[] { "a" })]
    [InlineData("InvalidPartName", new[] { 0.5, 0.5 }, new[] { "a", "a" })]
    public void Fractions_that_are_no_split_are_refused(string id, double[] fractions, string[]? names) =>
        Assert.Equal(id, Assert.Throws<RedisMLException>(() => SplitPart.Of(fractions, names)).ErrorId);

    static Task<SortedAssignment> SortedAsync(IReadOnlyList<DatasetChunk> chunks, Dataset source, double[] fractions) =>
        SortedAssignment.PlanAsync(() => Async(chunks), source, 0, SplitPart.Of(fractions));

    static int[] Assign(RowAssignment assignment, IReadOnlyList<DatasetChunk> chunks)
    {
        var parts = chunks.SelectMany(chunk =>
        {
            var target = new int[chunk.Rows];
            assignment.Assign(chunk, target);
            return target;
        }).ToArray();
        assignment.Complete();
        return parts;
    }

    static async IAsyncEnumerable<DatasetChunk> Async(IReadOnlyList<DatasetChunk> chunks)
    {
        await Task.Yield();
        foreach (var chunk in chunks) yield return chunk;
    }

    static IReadOnlyList<DatasetChunk> Chunks(IArrowArray column, int rows) =>
    [
        .. Enumerable.Range(0, column.Length).Where(i => i % rows == 0).Select((first, i) =>
        {
            var part = ArrowArrayFactory.Slice(column, first, Math.Min(rows, column.Length - first));
            var batch = new RecordBatch(new Schema([new Field("c", part.Data.DataType, true)], null), [part], part.Length);
            return new DatasetChunk(i, first, part.Length, () => batch, null);
        }),
    ];

    static Dataset Source(ColumnType type, long rows, ColumnStatistics statistics = default) => new()
    {
        Name = "a", Version = 1, Created = default, Columns = [new("c", type, statistics)], Rows = rows, StoredBytes = 0, Fingerprint = "",
        Pages = [],
    };

    static IArrowArray TextColumn(IEnumerable<string?> values)
    {
        var builder = new TextColumnBuilder();
        foreach (var value in values)
        {
            if (value is null) builder.AppendNull();
            else builder.Append(Encoding.UTF8.GetBytes(value));
        }
        return builder.Build().Array;
    }

    static IArrowArray NumberColumn(IEnumerable<double?> values)
    {
        var builder = new DoubleArray.Builder();
        foreach (var value in values) builder.Append(value);
        return builder.Build();
    }

    static BuiltColumn Built(IArrowArray array)
    {
        var builder = new Float64ColumnBuilder();
        builder.AppendRange(array, 0, array.Length);
        return builder.Build();
    }
}
