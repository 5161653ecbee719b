using RedisML.Columns;

namespace RedisML.Unit.Datasets;

public sealed class NumberStatisticsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1021)]
    public void They_are_those_of_all_values_wherever_the_extremes_stand(int length)
    {
        var random = new Random(length);
        double[] values = [.. Enumerable.Range(0, length).Select(_ => 1e6 + random.NextDouble())];
        for (int place = 0; place < Math.Min(length, 20); place++)
        {
            double[] some = [.. values];
            some[place] = -3;
            some[^(place + 1)] = 2e6;
            double mean = some.Average(), m2 = some.Sum(v => (v - mean) * (v - mean));
            var statistics = NumberStatistics.Of(some, missing: 2);
            Assert.Equal((length, 2, some.Min(), some.Max()),
                (statistics.Count, statistics.Missing, statistics.Minimum, statistics.Maximum));
            Assert.Equal(mean, statistics.Mean, 1e-12 * mean);
            Assert.Equal(m2, statistics.M2, 1e-12 * m2);
        }
    }

    [Fact]
    public void Of_no_values_there_is_no_least_and_no_greatest() =>
        Assert.Equal(new(0, 3, 0, 0, null, null), NumberStatistics.Of([], missing: 3));
}
