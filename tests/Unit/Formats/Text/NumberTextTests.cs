using System.Globalization;
using System.Text;
using CsCheck;
using RedisML.Columns;
using RedisML.Formats.Text;

namespace RedisML.Unit.Formats.Text;

/// <summary>One grammar of numbers, whatever the type and wherever the text comes from.</summary>
public sealed class NumberTextTests
{
    [Theory]
    [InlineData(" 12", "Int64")]
    [InlineData("12\t", "Int64")]
    [InlineData("\u00A01.5\u00A0", "Float64")]
    [InlineData("−12", "Int64")]
    [InlineData("1e−3", "Float64")]
    [InlineData("+1.5E+03", "Float64")]
    [InlineData("inf", "Float64")]
    [InlineData("-Infinity", "Float64")]
    [InlineData("+Inf", "Float64")]
    [InlineData("∞", "Float64")]
    [InlineData("1.#INF", "Float64")]
    [InlineData("-1.#IND00", "Float64")]
    [InlineData("NaN", "Float64")]
    [InlineData("-nan(ind)", "Float64")]
    [InlineData("1e400", "Utf8")]
    [InlineData("-1.7976931348623159e308", "Utf8")]
    [InlineData("1e-400", "Utf8")]
    [InlineData("01.5", "Utf8")]
    [InlineData("9007199254740993.0", "Utf8")]
    [InlineData("9007199254740993.5", "Utf8")]
    [InlineData("12345678901234567.89", "Utf8")]
    [InlineData("0.1234567890123456789", "Utf8")]
    [InlineData("0.10000000000000000555", "Float64")]
    [InlineData("12345678901234567000.0", "Float64")]
    [InlineData("5.684341886080802E-14", "Float64")]
    [InlineData("4.9E-324", "Float64")]
    [InlineData("0.00000000000000000000", "Float64")]
    [InlineData("1.50000000000000000000", "Float64")]
    [InlineData("1,5", "Utf8")]
    [InlineData("0x1F", "Utf8")]
    [InlineData("infinite", "Utf8")]
    [InlineData("--1", "Utf8")]
    [InlineData("- 1", "Utf8")]
    [InlineData("", "Utf8")]
    public void What_is_inferred_survives(string text, string type) =>
        Assert.Equal(type, TextValue.TypeOf(Encoding.UTF8.GetBytes(text)).ToString());

    [Theory]
    [InlineData("5.0", null)]
    [InlineData(" +5 ", 5L)]
    [InlineData("1e3", null)]
    [InlineData("007", 7L)]
    [InlineData("−9223372036854775808", long.MinValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("5.5", null)]
    [InlineData("1e300", null)]
    [InlineData("inf", null)]
    public void A_schema_takes_whatever_is_an_integer(string text, long? expected) =>
        Assert.Equal(expected, NumberText.TryInteger(Encoding.UTF8.GetBytes(text), exact: false, out long value) ? value : null);

    [Theory]
    [InlineData("sv-SE", "−1,5", -1.5)]
    [InlineData("en-IN", "12,34,567.5", 1234567.5)]
    [InlineData("en-IN", "1,000", 1000.0)]
    [InlineData("en-IN", "1,234,567", 1234567.0)]
    [InlineData("en-US", "12,34,567", null)]
    [InlineData("de-DE", "1.234,5e3", 1234500.0)]
    [InlineData("de-DE", " ∞ ", double.PositiveInfinity)]
    [InlineData("de-DE", "-Infinity", double.NegativeInfinity)]
    [InlineData("de-CH", "1'234.5", 1234.5)]
    [InlineData("fa-IR", "\u200E\u22121234", -1234.0)]
    [InlineData("sv-SE", "1 234 567,25", 1234567.25)]
    [InlineData("sv-SE", "1,5 kg", null)]
    public void Signs_and_groups_are_the_culture_s(string culture, string text, double? expected)
    {
        var buffer = new byte[NumberCulture.BufferLength];
        bool fits = new NumberCulture(CultureInfo.GetCultureInfo(culture))
            .TryNormalize(Encoding.UTF8.GetBytes(text), buffer, out int length);
        double value = 0;
        fits = fits && NumberText.TryDouble(buffer.AsSpan(0, length), exact: false, out value);
        Assert.Equal(expected, fits ? value : null);
    }

    [Fact]
    public void What_any_culture_of_NET_writes_is_read_again_to_the_last_bit()
    {
        var cultures = CultureInfo.GetCultures(CultureTypes.SpecificCultures)
            .Where(c => c.NumberFormat.NumberDecimalSeparator != c.NumberFormat.NumberGroupSeparator).ToArray();
        Gen.Select(Gen.Double, Gen.Int[0, cultures.Length - 1], Gen.Int[0, 2]).Sample((number, index, kind) =>
        {
            var (culture, format) = (cultures[index], new[] { "R", "N4", "E16" }[kind]);
            string text = number.ToString(format, culture);
            if (format == "N4" && (text.Length > 100 || culture.NumberFormat.NumberNegativePattern == 0 && number < 0)) return;
            var buffer = new byte[NumberCulture.BufferLength];
            Assert.True(new NumberCulture(culture).TryNormalize(Encoding.UTF8.GetBytes(text), buffer, out int length),
                $"{culture}: {text}");
            Assert.True(NumberText.TryDouble(buffer.AsSpan(0, length), exact: false, out double value), $"{culture}: {text}");
            double expected =
                double.Parse(text, NumberStyles.Float | NumberStyles.AllowThousands | NumberStyles.AllowTrailingSign, culture);
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
        });
    }

    [Fact]
    public void Doubles_and_integers_survive_as_they_are_written()
    {
        Gen.Double.Sample(value =>
        {
            foreach (var format in (string[])["R", "G17", "E16"])
            {
                var text = Encoding.UTF8.GetBytes(value.ToString(format, CultureInfo.InvariantCulture));
                Assert.True(NumberText.TryDouble(text, exact: true, out double read), $"{value:R} as {format}");
                Assert.Equal(double.IsNaN(value), double.IsNaN(read));
                if (!double.IsNaN(value)) Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(read));
            }
        });
        Gen.Long.Sample(value =>
        {
            Assert.True(NumberText.TryInteger(Encoding.UTF8.GetBytes($"{value}"), exact: true, out long read));
            Assert.Equal(value, read);
        });
    }

    [Fact]
    public void A_decimal_that_is_taken_for_a_double_loses_no_digit() => Gen.Select(Gen.Long, Gen.Int[0, 25]).Sample((digits, scale) =>
    {
        var number = new DecimalNumber(digits, scale);
        if (!NumberText.TryDouble(Encoding.UTF8.GetBytes($"{number}"), exact: true, out double value)) return;
        // Up to 17 digits are what programs write of doubles; of more, all are the double's own.
        string significant = Digits($"{number}");
        if (significant.Length <= 17) return;
        var written = Digits(value.ToString($"E{significant.Length - 1}", CultureInfo.InvariantCulture).Split('E')[0]);
        Assert.True(written == significant, $"{number} became {value:R}");

        static string Digits(string text) => text.Replace(".", "").TrimStart('-').Trim('0');
    });
}
