using System.Text;
using System.Text.Json.Nodes;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Formats;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>More columns than a dataset may have: an error that says so, in whatever form they come.</summary>
public sealed class WideTests(RedisServerFixture redis) : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static IEnumerable<int> TooMany => Enumerable.Range(0, ColumnNames.MaxCount + 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv")]
    public async Task Columns_beyond_the_limit_are_an_error_that_names_it(string form)
    {
        await using var connection = await redis.ConnectAsync();
        string text = form == "csv" ? $"{string.Join(',', TooMany.Select(i => $"c{i}"))}\n{string.Join(',', TooMany.Select(_ => 1))}\n"
            : $"{{{string.Join(',', TooMany.Select(i => $"\"{i}\":1"))}}}\n";
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, _folder.Write($"wide.{form}", text), new() { Dataset = "wide" }, null, Cancellation));
        Assert.Equal("TooManyColumns", error.ErrorId);
        Assert.Contains("100,000", error.Message);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task As_many_columns_as_the_limit_allows_are_imported_and_read_again()
    {
        await using var connection = await redis.ConnectAsync();
        var text = new StringBuilder().AppendJoin(',', Enumerable.Range(0, ColumnNames.MaxCount).Select(i => $"c{i}")).Append('\n');
        for (int row = 0; row < 3; row++)
            text.AppendJoin(',', Enumerable.Range(0, ColumnNames.MaxCount).Select(i => Value(row, i))).Append('\n');
        await DatasetImport.RunAsync(connection, _folder.Write("wide.csv", $"{text}"), new() { Dataset = "wide" }, null, Cancellation);
        var rows = await connection.RowsAsync("wide");
        Assert.Equal(3, rows.Count);
        for (int row = 0; row < 3; row++)
            Assert.Equal(Enumerable.Range(0, ColumnNames.MaxCount).Select(i => Value(row, i)), rows[row].Select(value => $"{value}"));

        static string Value(int row, int column) => column % 2 == 0 ? $"{row + column}" : $"t{row}";
    }

    [Fact]
    public async Task A_manifest_of_too_many_columns_is_refused_soon()
    {
        await using var connection = await redis.ConnectAsync();
        await DatasetImport.RunAsync(connection, _folder.Write("a.csv", "n\n1\n"), new() { Dataset = "a" }, null, Cancellation);
        var head = connection.Keys.Dataset("a");
        var manifest = JsonNode.Parse((string)(await connection.Database.HashGetAsync(head, "version:1"))!)!;
        string column = manifest["columns"]![0]!.ToJsonString();
        manifest["columns"] = "columns";
        string text = manifest.ToJsonString().Replace("\"columns\":\"columns\"",
            $"\"columns\":[{string.Join(',', Enumerable.Range(0, 200_000).Select(i => column.Replace("\"n\"", $"\"n{i}\"")))}]");
        await connection.Database.HashSetAsync(head, "version:1", text);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => new DatasetStore(connection).GetAsync("a", null, Cancellation))
            .WaitAsync(Patience.Event, Cancellation);
        Assert.Equal("DatasetCorrupt", error.ErrorId);
        Assert.Contains("200,000 columns", error.Message);
    }
}
