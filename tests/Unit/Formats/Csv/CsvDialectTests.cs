using System.Text;
using RedisML.Formats.Csv;

namespace RedisML.Unit.Formats.Csv;

public class CsvDialectTests
{
    static readonly CsvDialect s_dialect = new(',', (byte)'\n', []);

    [Theory]
    [InlineData("1,2\n3,4\n5", "1,2\n3,4\n")]
    [InlineData("no border", "")]
    [InlineData("", "")]
    [InlineData("a\r\nb\r\nc", "a\r\nb\r\n")]
    [InlineData("\"x\ny\",1\n2,\"z\nrest", "\"x\ny\",1\n")]
    [InlineData("\"said \"\"hi\nthere\"\"\",1\nx", "\"said \"\"hi\nthere\"\"\",1\n")]
    [InlineData("5\" pipe,1\n6\" pipe,2\n", "5\" pipe,1\n6\" pipe,2\n")]
    [InlineData("\"never closed\n1\n2\n", "")]
    [InlineData("\"a\"\n\"b\"\n\"c", "\"a\"\n\"b\"\n")]
    [InlineData("1,\"\"\n2,\"\"\"\"\n3", "1,\"\"\n2,\"\"\"\"\n")]
    public void Finds_the_last_record_border_outside_quotes(string block, string records) =>
        Assert.Equal(records,
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(block).AsSpan(0, s_dialect.LastBorder(Encoding.UTF8.GetBytes(block)))));
}
