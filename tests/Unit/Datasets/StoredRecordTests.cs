using System.Text.Json.Nodes;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>What somebody wrote into Redis leads to no key but the dataset's own, and what is broken says so.</summary>
public sealed class StoredRecordTests(EmbeddedServerFixture embedded, RedisServerFixture redis) : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ServerKind.Embedded, "page")]
    [InlineData(ServerKind.Redis, "page")]
    [InlineData(ServerKind.Redis, "chunk")]
    [InlineData(ServerKind.Redis, "import")]
    [InlineData(ServerKind.Redis, "placement")]
    public async Task A_record_that_names_a_key_elsewhere_is_refused_and_removing_the_dataset_spares_that_key(ServerKind kind, string where)
    {
        await using var connection = await kind.ConnectAsync(embedded, redis);
        await ImportAsync(connection, "victim", "a", where == "placement" ? DatasetLayout.Hash : DatasetLayout.Columnar);
        string foreign = $"{connection.Keys.Prefix}:foreign:page:0f:0";
        // As a page it would name the victims.
        await connection.Database.StringSetAsync(foreign, $$"""[{"key":"{{foreign}}","rows":2,"bytes":1,"crc32":0}]""");
        if (where == "chunk") await EditPageAsync(connection, page => page[0]!["key"] = foreign);
        else
            await EditManifestAsync(connection, manifest =>
            {
                if (where == "page") manifest["pages"]![0]!["key"] = foreign;
                if (where == "import") manifest["pages"]![0]!["key"] = $"{connection.Keys.Page("a", "0123456789abcdef", 0)}";
                if (where == "placement") manifest["placement"]!["index"] = foreign;
            });
        var error = await Assert.ThrowsAsync<RedisMLException>(() => connection.RowsAsync("a"));
        Assert.Equal("DatasetCorrupt", error.ErrorId);
        Assert.Contains("'a'", error.Message);
        Assert.NotNull(error.Target);
        Assert.True(await new DatasetStore(connection).RemoveAsync("a", Cancellation));
        Assert.Equal([foreign], await connection.KeysAsync());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\u0000")]
    public async Task A_corrupt_manifest_is_a_typed_error_hides_no_neighbour_and_goes_without_an_orphan(string manifest)
    {
        foreach (var kind in Enum.GetValues<ServerKind>())
        {
            await using var connection = await kind.ConnectAsync(embedded, redis);
            await ImportAsync(connection, "x", "a");
            await ImportAsync(connection, "x", "neighbour");
            await connection.Database.HashSetAsync(connection.Keys.Dataset("a"), "version:1", manifest);
            var store = new DatasetStore(connection);
            Assert.Equal("DatasetCorrupt",
                (await Assert.ThrowsAsync<RedisMLException>(() => store.GetAsync("a", null, Cancellation))).ErrorId);
            Assert.Equal(2, (await connection.RowsAsync("neighbour")).Count);
            Assert.True(await store.RemoveAsync("a", Cancellation));
            Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":dataset:a"));
            Assert.Equal(2, (await connection.RowsAsync("neighbour")).Count);
        }
    }

    [Theory]
    [InlineData("rows", 1_000_000_000_000_000)]
    [InlineData("rows", -1)]
    public async Task A_manifest_whose_rows_are_not_those_of_its_pages_is_refused(string field, long value)
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "x", "a");
        await EditManifestAsync(connection, manifest => manifest[field] = value);
        Assert.Equal("DatasetCorrupt", (await Assert.ThrowsAsync<RedisMLException>(() => connection.RowsAsync("a"))).ErrorId);
    }

    [Fact]
    public async Task Rows_that_manifest_and_page_claim_must_be_those_of_the_chunk()
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "x", "a");
        await EditPageAsync(connection, page => page[0]!["rows"] = 60_000_000);
        Assert.Equal("DatasetCorrupt", (await Assert.ThrowsAsync<RedisMLException>(() => connection.RowsAsync("a"))).ErrorId);
        await EditManifestAsync(connection, manifest =>
        {
            manifest["rows"] = 60_000_000;
            manifest["pages"]![0]!["rows"] = 60_000_000;
        });
        var error = await Assert.ThrowsAsync<RedisMLException>(() => connection.RowsAsync("a"));
        Assert.Equal("DatasetCorrupt", error.ErrorId);
        Assert.Contains(":chunk:", $"{error.Target}");
    }

    [Theory]
    [InlineData("../x", "a")]
    [InlineData("0f", "x:chunk:0f:0")]
    [InlineData("0f", "a", "soon")]
    public async Task A_journal_that_is_none_stops_no_import_and_removes_nothing(string import, string dataset, string beat = "1")
    {
        await using var connection = await redis.ConnectAsync();
        string foreign = $"{connection.Keys.Prefix}:dataset:x:chunk:0f:0:chunk:0f:0";
        await connection.Database.StringSetAsync(foreign, "1");
        await connection.Database.SetAddAsync(connection.Keys.Imports, import);
        await connection.Database.HashSetAsync($"{connection.Keys.Prefix}:import:{import}",
            [new("dataset", dataset), new("beat", beat), new("chunks", 1)]);
        await ImportAsync(connection, "x", "a");
        Assert.Equal(2, (await connection.RowsAsync("a")).Count);
        Assert.True(await connection.Database.KeyExistsAsync(foreign));
    }

    Task ImportAsync(RedisMLConnection connection, string text, string dataset, DatasetLayout layout = DatasetLayout.Columnar)
    {
        var path = _folder.Write($"{dataset}.csv", $"n,t\n1,{text}\n2,{text}\n");
        var options = new ImportOptions { Dataset = dataset, Layout = layout, Key = layout == DatasetLayout.Hash ? "n" : null };
        return DatasetImport.RunAsync(connection, path, options, null, Cancellation);
    }

    static async Task EditManifestAsync(RedisMLConnection connection, Action<JsonNode> edit)
    {
        var manifest = JsonNode.Parse((string)(await connection.Database.HashGetAsync(connection.Keys.Dataset("a"), "version:1"))!)!;
        edit(manifest);
        await connection.Database.HashSetAsync(connection.Keys.Dataset("a"), "version:1", manifest.ToJsonString());
    }

    static async Task EditPageAsync(RedisMLConnection connection, Action<JsonNode> edit)
    {
        string key = (await connection.KeysAsync()).Single(k => k.Contains(":dataset:a:page:"));
        var page = JsonNode.Parse((string)(await connection.Database.StringGetAsync(key))!)!;
        edit(page);
        await connection.Database.StringSetAsync(key, page.ToJsonString());
    }
}
