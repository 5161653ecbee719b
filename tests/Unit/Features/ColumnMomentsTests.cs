using RedisML.Features;

namespace RedisML.Unit.Features;

public sealed class ColumnMomentsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1021)]
    public void Moments_leave_out_missing_values_and_merge_to_those_of_the_whole(int partLength)
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 2500).Select(i => i % 11 == 3 ? double.NaN : 1e6 + random.NextDouble()).ToArray();
        var present = values.Where(v => !double.IsNaN(v)).ToArray();
        double mean = present.Average(), squares = present.Sum(v => (v - mean) * (v - mean));

        var merged = values.Chunk(partLength).Aggregate(new ColumnMoments(), (m, part) => m.Merge(ColumnMoments.Of(part)));

        Assert.Equal((present.Length, values.Length - present.Length), (merged.Count, merged.Missing));
        Assert.Equal((present.Min(), present.Max()), (merged.Minimum, merged.Maximum));
        Assert.Equal(mean, merged.Mean, 1e-9);
        Assert.Equal(squares, merged.M2, 1e-7);
        Assert.Equal(Math.Sqrt(squares / present.Length), merged.Scale, 1e-10);
    }

    [Fact]
    public void A_constant_column_has_scale_1_though_its_mean_is_rounded()
    {
        var moments = ColumnMoments.Of([.. Enumerable.Repeat(0.1, 1000)]).Merge(ColumnMoments.Of([.. Enumerable.Repeat(0.1, 333)]));
        Assert.Equal(1, moments.Scale);
    }

    [Fact]
    public void A_column_without_values_has_mean_0_and_scale_1()
    {
        var moments = ColumnMoments.Of([double.NaN, double.NaN]).Merge(ColumnMoments.Of([double.NaN]));
        Assert.Equal((0, 3, 0, 1), (moments.Count, moments.Missing, moments.Mean, moments.Scale));
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e300)]
    public void Values_that_cannot_be_squared_are_found(double value) =>
        Assert.False(ColumnMoments.Of([1, value, -value, double.NaN]).IsFinite);
}
