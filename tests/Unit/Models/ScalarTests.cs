using System.Text;
using RedisML.Models;

namespace RedisML.Unit.Models;

public sealed class ScalarTests
{
    [Theory]
    [InlineData(3.0, "3.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(-1e300, "-1E+300")]
    [InlineData(5e-324, "5E-324")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(42L, "42")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    [InlineData(true, "true")]
    [InlineData("", "")]
    [InlineData("adam, ε = 1e-8", "adam, ε = 1e-8")]
    [InlineData("01234", "01234")]
    [InlineData("1,234", "1,234")]
    public void AScalarIsStoredAsTextAndReadBackAsItself(object value, string text)
    {
        var scalar =
            value switch { long l => new Scalar(l), double d => new Scalar(d), bool b => new Scalar(b), _ => new Scalar((string)value) };
        Assert.Equal(text, Encoding.UTF8.GetString(scalar.Encode()));
        Assert.Equal(value, ((Scalar)ParameterValue.Decode(scalar.Encode())).Value);
    }

    [Theory]
    [InlineData("0.10", 0.1)]
    [InlineData("1e-3", 0.001)]
    [InlineData("nan", double.NaN)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("18446744073709551616", 18446744073709551616.0)]
    public void NumbersWrittenByOthersAreNumbers(string text, double value) =>
        Assert.Equal(value, ((Scalar)ParameterValue.Decode(Encoding.UTF8.GetBytes(text))).Value);
}
