using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>A record of CSV, a line of JSON, and an object of an array have up to 16 MB wherever it stands.</summary>
public sealed class LongRecordTests(EmbeddedServerFixture embedded) : IDisposable
{
    const int Limit = 16 << 20;

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv", 0)]
    [InlineData("csv", 1)]
    [InlineData("jsonl", 0)]
    [InlineData("jsonl", 1)]
    [InlineData("json", 0)]
    public async Task A_record_of_16_MB_is_a_row_and_a_longer_one_is_an_error(string format, int place)
    {
        await using var connection = await embedded.ConnectAsync();
        int most = Limit - 100;
        await DatasetImport.RunAsync(connection, Write(most), new() { Dataset = "a" }, null, Cancellation);
        var rows = await connection.RowsAsync("a");
        Assert.Equal<object?[]>([[0L, 1L], [1L, 1L], [2L, 1L]], rows.Select(row => new[] { row[0], row[2] }));
        Assert.Equal(most, ((string)rows[place][1]!).Length);
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, Write(2 * Limit), new() { Dataset = "b" }, null, Cancellation));
        Assert.Equal("RecordTooLong", error.ErrorId);
        Assert.Contains("16 MB", error.Message);

        string Write(int length)
        {
            var texts = Enumerable.Range(0, 3).Select(row => row == place ? new string('x', length) : "x");
            var lines = texts.Select((text, row) => format == "csv" ? $"{row},{text},1" : $"{{\"a\":{row},\"t\":\"{text}\",\"b\":1}}");
            return _folder.Write($"a.{format}", format == "json" ? $"[{string.Join(',', lines)}]"
                : $"{(format == "csv" ? "a,t,b\n" : "")}{string.Join('\n', lines)}\n");
        }
    }
}
