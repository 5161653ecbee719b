using System.Globalization;
using System.Text;
using RedisML.Formats.Text;

namespace RedisML.Unit.Formats.Text;

public sealed class DecimalTextTests
{
    [Fact]
    public void A_number_it_reads_is_the_nearest_double_to_the_bit()
    {
        var random = new Random(7);
        for (int i = 0; i < 200_000; i++)
        {
            var text = RandomDecimal(random);
            Assert.True(DecimalText.TryDouble(Encoding.ASCII.GetBytes(text), out double value), text);
            Assert.True(Bits(double.Parse(text, CultureInfo.InvariantCulture)) == Bits(value), $"'{text}' became {value:R}");
        }
    }

    [Fact]
    public void An_integer_it_reads_is_exact()
    {
        var random = new Random(8);
        for (int i = 0; i < 50_000; i++)
        {
            long expected = random.NextInt64(-999_999_999_999_999, 1_000_000_000_000_000) / (long)Math.Pow(10, random.Next(16));
            Assert.True(DecimalText.TryInt64(Encoding.ASCII.GetBytes($"{expected}"), out long value), $"{expected}");
            Assert.Equal(expected, value);
        }
    }

    [Theory]
    [InlineData("5.", 5.0)]
    [InlineData(".5", 0.5)]
    [InlineData("-0", -0.0)]
    [InlineData("-0.0", -0.0)]
    [InlineData("00012.50", 12.5)]
    [InlineData("123456789012345", 123456789012345.0)]
    [InlineData("-0.00000000000001", -1e-14)]
    public void The_edges_of_the_form_are_read(string text, double expected)
    {
        Assert.True(DecimalText.TryDouble(Encoding.ASCII.GetBytes(text), out double value));
        Assert.Equal(Bits(expected), Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("+1")]
    [InlineData("--1")]
    [InlineData("1-")]
    [InlineData("1.2.3")]
    [InlineData("1..2")]
    [InlineData("1e5")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1:2")]
    [InlineData("1/2")]
    [InlineData("NaN")]
    [InlineData("1234567890123456")]
    [InlineData("1234567890.12345x")]
    [InlineData("123456789-")]
    public void Every_other_form_is_left_to_others(string text)
    {
        Assert.False(DecimalText.TryDouble(Encoding.ASCII.GetBytes(text), out _));
        Assert.False(DecimalText.TryInt64(Encoding.ASCII.GetBytes(text), out _));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.")]
    [InlineData("123456789.0")]
    [InlineData("123456789.")]
    public void A_number_with_a_point_is_no_integer(string text) =>
        Assert.False(DecimalText.TryInt64(Encoding.ASCII.GetBytes(text), out _));

    static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    static string RandomDecimal(Random random)
    {
        int digits = random.Next(1, 16), decimals = random.Next(digits + 1);
        var text = new StringBuilder(random.Next(2) == 0 ? "-" : "");
        for (int i = 0; i < digits; i++)
        {
            if (i == digits - decimals) text.Append('.');
            text.Append((char)('0' + random.Next(10)));
        }
        return text.ToString();
    }
}
