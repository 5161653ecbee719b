using System.Text;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>A record of CSV, a line of JSON, and an object of an array have up to 16 MB wherever it stands.</summary>
public sealed class LongRecordTests(EmbeddedServerFixture embedded) : IDisposable
{
    const int Limit = 16 << 20;

    static readonly byte[] s_text = [.. Enumerable.Repeat((byte)'x', 1 << 16)];

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
            string path = _folder.Write($"a.{format}", format switch { "csv" => "a,t,b\n", "json" => "[", _ => "" });
            using var file = new FileStream(path, FileMode.Append);
            for (int row = 0; row < 3; row++)
            {
                file.Write(Encoding.UTF8.GetBytes(format == "csv" ? $"{row}," : $"{{\"a\":{row},\"t\":\""));
                for (int left = row == place ? length : 1; left > 0; left -= s_text.Length)
                    file.Write(s_text, 0, Math.Min(left, s_text.Length));
                file.Write(format == "csv" ? ",1\n"u8 : "\",\"b\":1}"u8);
                file.Write(format switch { "csv" => [], "jsonl" => "\n"u8, _ => row < 2 ? ","u8 : "]"u8 });
            }
            return path;
        }
    }
}
