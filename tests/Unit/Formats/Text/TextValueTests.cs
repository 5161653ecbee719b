using System.Globalization;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Formats.Text;

namespace RedisML.Unit.Formats.Text;

public class TextValueTests
{
    [Theory]
    [InlineData("12", "Int64")]
    [InlineData("-0.5", "Float64")]
    [InlineData("1e5", "Float64")]
    [InlineData("007", "Utf8")]
    [InlineData("+0049", "Utf8")]
    [InlineData("-0049", "Utf8")]
    [InlineData("+49", "Int64")]
    [InlineData("99999999999999999999", "Utf8")]
    [InlineData("TRUE", "Boolean")]
    [InlineData("2013-01-31", "Date32")]
    [InlineData("2013-02-29", "Utf8")]
    [InlineData("2013-1-31", "Utf8")]
    [InlineData("31.01.2013", "Utf8")]
    [InlineData("2013-01-31T05:00", "Timestamp(us)")]
    [InlineData("2013-01-31 05:00:59.123456", "Timestamp(us)")]
    [InlineData("2013-01-31T05:00:00.1234560", "Timestamp(us)")]
    [InlineData("2013-01-31T05:00:00.1234567", "Timestamp(ns)")]
    [InlineData("2013-01-31T05:00:00.123456789Z", "Timestamp(ns,UTC)")]
    [InlineData("2013-01-31 05:00:00+01", "Timestamp(us,UTC)")]
    [InlineData("2013-01-31 05:00:00.5 +0100", "Timestamp(us,UTC)")]
    [InlineData("2013-01-31t05:00:00z", "Timestamp(us,UTC)")]
    [InlineData("20130131T050000.25Z", "Timestamp(us,UTC)")]
    [InlineData("2013-01-31T24:00", "Timestamp(us)")]
    [InlineData("9999-12-31T23:59:59.9999999", "Utf8")]
    [InlineData("20130131", "Int64")]
    [InlineData("2013-01-31T24:01", "Utf8")]
    [InlineData("20130131 050000", "Utf8")]
    [InlineData("2013-01-31T05:00:00Z", "Timestamp(us,UTC)")]
    [InlineData("2013-01-31T05:00:00+01:00", "Timestamp(us,UTC)")]
    [InlineData("2013-01-31 05:00:00.25 UTC", "Timestamp(us,UTC)")]
    [InlineData("2013-01-31 05:00:00 CET", "Utf8")]
    [InlineData("2013-01-31T25:00", "Utf8")]
    [InlineData("2013-01-31T05:00 ", "Utf8")]
    public void A_value_has_the_narrowest_type_that_keeps_it(string text, string expected) =>
        Assert.Equal(expected, TextValue.TypeOf(Encoding.UTF8.GetBytes(text)).ToString());

    [Theory]
    [InlineData("Int8", "127", 127L)]
    [InlineData("Int8", "128", null)]
    [InlineData("UInt16", "-1", null)]
    [InlineData("UInt64", "18446744073709551615", ulong.MaxValue)]
    [InlineData("Float32", "0.5", 0.5f)]
    [InlineData("Decimal128(5,2)", "1000", null)]
    [InlineData("Date32", "2013-01-31T05:00", null)]
    [InlineData("Timestamp(s)", "2013-01-31T05:00:00.5", null)]
    [InlineData("Timestamp(us,UTC)", "2013-01-31T05:00:00", null)]
    [InlineData("Timestamp(us)", "2013-01-31T05:00:00Z", null)]
    [InlineData("Binary", "no", null)]
    [InlineData("List(Float32)", "[1, x]", null)]
    [InlineData("List(Float32)", "1, 2", null)]
    public void Only_what_fits_a_type_is_appended(string type, string text, object? expected) => Assert.Equal(expected, Append(type, text));

    [Fact]
    public void Values_of_every_type_are_read()
    {
        Assert.Equal(1.20m, Append("Decimal128(5,2)", "1.2"));
        Assert.Equal(new DateTime(2013, 1, 31), Append("Date32", "2013-01-31"));
        Assert.Equal(new DateTime(2013, 1, 31), Append("Timestamp(us)", "2013-01-31"));
        Assert.Equal(new DateTimeOffset(2013, 1, 31, 4, 0, 0, TimeSpan.Zero), Append("Timestamp(ns,UTC)", "2013-01-31T05:00:00+01:00"));
        Assert.Equal(new byte[] { 1, 2 }, Append("Binary", "AQI="));
        Assert.Equal(new[] { 1f, 2.5f }, Append("List(Float32)", "[1, 2.5]"));
        Assert.Equal(new object?[] { 1L, null }, Append("List(Int64)", "[1,null]"));
    }

    [Theory]
    [InlineData("de-DE", "1.234,5", 1234.5)]
    [InlineData("de-DE", "-1.234.567", -1234567.0)]
    [InlineData("de-DE", "12,5", 12.5)]
    [InlineData("de-DE", "1.5", null)]
    [InlineData("de-DE", "1234.567", null)]
    [InlineData("de-DE", "1.23,5", null)]
    [InlineData("fr-FR", "1 234,5", 1234.5)]
    [InlineData("en-US", "1,234.5", 1234.5)]
    [InlineData("en-US", "1,5", null)]
    public void Numbers_are_read_as_a_culture_writes_them(string culture, string text, double? expected)
    {
        var builder = new Float64ColumnBuilder();
        bool appended = TextValue.Create(ColumnType.Float64, builder, culture: new(CultureInfo.GetCultureInfo(culture)))
            .TryAppend(Encoding.UTF8.GetBytes(text));
        Assert.Equal(expected, appended ? ArrowValues.GetObject(builder.Build().Array, 0, ColumnType.Float64) : null);
    }

    static object? Append(string typeName, string text)
    {
        var type = ColumnType.Parse(typeName);
        var builder = ColumnBuilder.Create(type);
        return TextValue.Create(type, builder).TryAppend(Encoding.UTF8.GetBytes(text))
            ? ArrowValues.GetObject(builder.Build().Array, 0, type) : null;
    }
}
