using System.Text.Json;
using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Unit.Datasets;

public class ColumnTypeTests
{
    [Theory]
    [InlineData("Int8")]
    [InlineData("UInt64")]
    [InlineData("Float32")]
    [InlineData("Utf8")]
    [InlineData("Decimal128(10,2)")]
    [InlineData("Date32")]
    [InlineData("Timestamp(ns)")]
    [InlineData("Timestamp(us,Europe/Berlin)")]
    [InlineData("Timestamp(ms,+02:00)")]
    [InlineData("Binary")]
    [InlineData("List(Float32)")]
    public void A_type_is_its_text_in_JSON_too(string text)
    {
        var type = ColumnType.Parse(text);
        Assert.Equal(text, type.ToString());
        Assert.Equal(type, JsonSerializer.Deserialize<ColumnType>(JsonSerializer.Serialize(type)));
    }

    [Theory]
    [InlineData("int64", "Int64")]
    [InlineData("double", "Float64")]
    [InlineData("string", "Utf8")]
    [InlineData("decimal(5, 1)", "Decimal128(5,1)")]
    [InlineData("date", "Date32")]
    [InlineData("timestamp", "Timestamp(us)")]
    [InlineData("timestamp[ns, tz=UTC]", "Timestamp(ns,UTC)")]
    [InlineData("list<float>", "List(Float32)")]
    public void Other_names_of_types_are_understood(string text, string expected) =>
        Assert.Equal(expected, ColumnType.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("Int65")]
    [InlineData("Int64(3)")]
    [InlineData("Decimal128(39,0)")]
    [InlineData("Decimal128(5,6)")]
    [InlineData("Timestamp(h)")]
    [InlineData("List(Utf8)")]
    [InlineData("List(Float32")]
    public void What_is_no_type_is_an_error_that_lists_them(string text)
    {
        var error = Assert.Throws<RedisMLException>(() => ColumnType.Parse(text));
        Assert.Equal("InvalidColumnType", error.ErrorId);
        Assert.Contains("Timestamp(us,UTC)", error.Message);
    }
}
