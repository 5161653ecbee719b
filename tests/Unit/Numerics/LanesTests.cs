using System.Runtime.Intrinsics;
using RedisML.Numerics;

namespace RedisML.Unit.Numerics;

public sealed class LanesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(1023)]
    public void Sums_and_products_are_those_of_all_values(int length)
    {
        double[] a = [.. Enumerable.Range(1, length).Select(i => (double)i)], b = [.. a.Select(x => x % 7 - 3)];
        Assert.Equal(a.Sum(), Lanes.Sum(a));
        Assert.Equal(a.Zip(b, (x, y) => x * y).Sum(), Lanes.Dot(a, b));
        double[] expected = [.. a.Zip(b, (x, y) => x + 0.5 * y)];
        Lanes.AddScaled(a, 0.5, b);
        Assert.Equal(expected, a);
    }

    [Fact]
    public void The_exponential_is_right_to_the_last_bits_over_its_range()
    {
        for (double x = 0; x > -707.9; x -= 0.0371)
        {
            double expected = Math.Exp(x);
            Assert.Equal(expected, Lanes.ExpOfNonPositive(Vector512.Create(x))[3], 4e-16 * expected);
        }
        Assert.Equal(1, Lanes.ExpOfNonPositive(Vector512<double>.Zero)[0]);
        foreach (double x in new[] { -709, -1e6, double.NegativeInfinity })
            Assert.InRange(Lanes.ExpOfNonPositive(Vector512.Create(x))[0], 0, 1e-300);
        Assert.Equal(double.NaN, Lanes.ExpOfNonPositive(Vector512.Create(double.NaN))[0]);
    }
}
