using System.Globalization;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Datasets.Statistics;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets.Statistics;

public class SketchTests
{
    public enum Order
    {
        AsRead,
        Ascending,
        Descending,
    }

    [Theory]
    [InlineData("dep_delay", Order.AsRead)]
    [InlineData("dep_delay", Order.Ascending)]
    [InlineData("dep_delay", Order.Descending)]
    [InlineData("distance", Order.AsRead)]
    [InlineData("air_time", Order.AsRead)]
    public void Ranks_of_quantiles_of_real_columns_are_off_by_no_more_than_stated(string column, Order order)
    {
        // A little noise parts the many equal values, as otherwise any rank within them is right.
        var random = new Random(1);
        double[] values =
            [.. SampleColumn.Flights(column).Select(t => double.Parse(t, CultureInfo.InvariantCulture) + random.NextDouble())];
        double[] sorted = [.. values.Order()];
        if (order == Order.Ascending) values = sorted;
        if (order == Order.Descending) values = [.. sorted.Reverse()];
        var sketch = new QuantileSketch();
        foreach (double value in values) sketch.Add(value);
        CheckRanks(sketch, sorted);
    }

    [Fact]
    public void Values_with_weights_count_as_often()
    {
        var random = new Random(2);
        var weighted = Enumerable.Range(0, 1000)
            .Select(i => (Value: random.NextDouble(), Times: (long)Math.Pow(10, random.NextDouble() * 4))).ToArray();
        var sketch = new QuantileSketch();
        foreach (var (value, times) in weighted) sketch.Add(value, times);
        double[] more = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextDouble() * 2)];
        foreach (double value in more) sketch.Add(value);
        CheckRanks(sketch, [.. weighted.SelectMany(w => Enumerable.Repeat(w.Value, (int)w.Times)).Concat(more).Order()]);
    }

    [Fact]
    public void Few_values_are_all_kept_and_the_same_values_give_the_same_sketch()
    {
        var sketch = new QuantileSketch();
        for (int i = 0; i < QuantileSketch.Capacity; i++) sketch.Add(i);
        Assert.Equal(Enumerable.Range(0, QuantileSketch.Capacity).Select(i => ((double)i, 1L)), sketch.Weighted());
        Assert.Equal(Filled().Weighted(), Filled().Weighted());

        static QuantileSketch Filled()
        {
            var filled = new QuantileSketch();
            for (int i = 0; i < 100_000; i++) filled.Add(i * 7919 % 100_003);
            return filled;
        }
    }

    static void CheckRanks(QuantileSketch sketch, double[] sorted)
    {
        Assert.Equal(sorted.Length, sketch.Count);
        Assert.Equal(sorted.Length, sketch.Weighted().Sum(v => v.Count));
        Assert.InRange(sketch.Held, 1, 6 * QuantileSketch.Capacity);
        long below = 0;
        double worst = 0;
        foreach (var (value, count) in sketch.Weighted())
        {
            int first = System.Array.BinarySearch(sorted, value);
            Assert.True(first >= 0);
            int last = first;
            while (first > 0 && sorted[first - 1] == value) first--;
            while (last < sorted.Length - 1 && sorted[last + 1] == value) last++;
            worst = Math.Max(worst, Math.Max(below - last - 1, first - (below + count)));
            below += count;
        }
        Assert.InRange(worst / sorted.Length, 0, QuantileSketch.RankError);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(10_000)]
    public void Counts_of_frequent_values_are_never_too_high_and_too_low_by_no_more_than_stated(int capacity)
    {
        var keys = SampleColumn.Flights("tailnum").Select(t => System.IO.Hashing.XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(t))).ToArray();
        var items = new FrequentItems(capacity);
        foreach (ulong key in keys)
        {
            items.Add(key, 1);
            if (items.IsFull) items.Purge();
            Assert.InRange(items.Count, 0, capacity);
        }
        var exact = keys.CountBy(k => k).ToDictionary();
        var held = items.Items.ToDictionary(i => i.Key, i => i.Count);
        foreach (var (key, count) in exact) Assert.InRange(held.GetValueOrDefault(key), count - items.MaximumError, count);
        Assert.InRange(items.MaximumError, 0, 3 * keys.Length / capacity);
        Assert.Equal(capacity > exact.Count, items.MaximumError == 0);
    }

    [Fact]
    public void A_value_that_is_a_tenth_of_all_is_found_among_a_million_others()
    {
        var profile = ColumnProfile.Create(new("id", ColumnType.Int64, default), new() { Top = 3 });
        for (int chunk = 0; chunk < 50; chunk++)
        {
            var builder = new Int64ColumnBuilder();
            for (int i = 0; i < 20_000; i++) builder.Append(i % 10 == 0 ? -5 : chunk * 20_000L + i);
            profile.Add(builder.Build().Array);
        }
        var summary = profile.Complete(Empty);
        var top = Assert.Single(summary.Top!);
        Assert.Equal(-5L, top.Value);
        Assert.InRange(top.Rows, 100_000 - summary.TopError, 100_000);
        Assert.InRange(summary.TopError, 1, 1_000_000 / ColumnProfile.MaxExact * 4);
        Assert.InRange(summary.Distinct, 900_001 * 0.97, 900_001 * 1.03);
        Assert.Equal(QuantileSketch.RankError, summary.QuantileError);
    }

    [Fact]
    public void Unique_texts_have_no_most_frequent_one_and_long_ones_are_cut_between_characters()
    {
        var profile = ColumnProfile.Create(new("t", ColumnType.Utf8, default), new());
        var longText = "x" + new string('ü', 600);
        for (int chunk = 0; chunk < 10; chunk++)
        {
            var builder = new TextColumnBuilder();
            for (int i = 0; i < 5000; i++) builder.Append(Encoding.UTF8.GetBytes(i % 50 == 0 ? longText : $"{chunk} {i}"));
            profile.Add(builder.Build().Array);
        }
        var top = Assert.Single(profile.Complete(Empty).Top!);
        Assert.Equal("x" + new string('ü', 511), top.Value);
        Assert.InRange(top.Rows, 900, 1000);
    }

    [Theory]
    [InlineData(0, 23, 10, true, new[] { 0.0, 3, 6, 9, 12, 15, 18, 21, 24 })]
    [InlineData(1, 3, 10, true, new[] { 1.0, 2, 3, 4 })]
    [InlineData(0, 1, 4, false, new[] { 0, 0.25, 0.5, 0.75, 1 })]
    [InlineData(5, 5, 10, false, new[] { 5.0, 6 })]
    public void Bins_are_of_equal_width_whole_ones_for_whole_numbers(double minimum, double maximum, int bins, bool isWhole, double[] edges)
    {
        var histogram = new HistogramCounter(BinLayout.Equal(minimum, maximum, bins, isWhole));
        foreach (double value in (double[])[minimum, maximum, minimum - 1e9, maximum + 1e9]) histogram.Add(value, 2);
        var result = histogram.ToBins(v => v);
        Assert.Equal(edges.AsEnumerable(), result.Select(b => (double)b.From).Append((double)result[^1].To));
        Assert.Equal(8, result.Sum(b => b.Rows));
        if (result.Count > 1) Assert.Equal((4, 4), (result[0].Rows, result[^1].Rows));
    }

    static ColumnSummary Empty => new("", "", ColumnType.Int64, 0, 0, null, null, null, null, 0);
}
