using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Datasets;

public sealed class RowLayoutTests(EmbeddedServerFixture embedded, RedisServerFixture redis) : IDisposable
{
    const string Content = "id,price,name,flag,day\n7,0.1,größe,true,2013-01-31\n3,,\"a,b\",,\n9,1e300,,false,2013-02-01\n";
    static readonly ImportOptions s_hash = new() { Dataset = "a", Layout = DatasetLayout.Hash };

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ServerKind.Embedded, DatasetLayout.Hash, null)]
    [InlineData(ServerKind.Redis, DatasetLayout.Hash, null)]
    [InlineData(ServerKind.Embedded, DatasetLayout.Hash, "id")]
    [InlineData(ServerKind.Redis, DatasetLayout.Hash, "name")]
    [InlineData(ServerKind.Redis, DatasetLayout.Stream, null)]
    public async Task Rows_read_back_with_their_types_and_removal_leaves_no_key(ServerKind server, DatasetLayout layout, string? key)
    {
        await using var connection = await server.ConnectAsync(embedded, redis);
        var content = key == "name" ? Content.Replace("1e300,,", "1e300,x,") : Content;
        var result = await ImportAsync(connection, "a.csv", content, s_hash with { Layout = layout, Key = key });
        Assert.Equal((3, 3), (result.RowsRead, result.RowsWritten));
        await ImportAsync(connection, "a.csv", content, new() { Dataset = "same" });
        Assert.Equal(await connection.RowsAsync("same"), await connection.RowsAsync("a"));
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.Equal((3, layout, key), (dataset.Rows, dataset.Layout, dataset.Placement!.Key));
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, 1, 1, Cancellation))
            Assert.Equal((1, 3L), (chunk.Rows, chunk.Value(0, 0, ColumnType.Int64)));
        foreach (var name in (string[])["a", "same"]) await new DatasetStore(connection).RemoveAsync(name, Cancellation);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task Times_of_rows_keep_every_digit_from_the_first_day_to_the_last()
    {
        await using var connection = await embedded.ConnectAsync();
        const string content = "d,n,z\n0001-01-01,0001-01-01T00:00:00.5,0001-01-01T00:00:00Z\n"
            + "9999-12-31,9999-12-31T23:59:59.999999,9999-12-31T23:59:59Z\n"
            + "2024-02-29,2024-02-29T05:00:00.000001,2024-02-29T05:00:00+02:00\n";
        await ImportAsync(connection, "a.csv", content, s_hash);
        await ImportAsync(connection, "a.csv", content, new() { Dataset = "same" });
        var rows = await connection.RowsAsync("same");
        Assert.Equal(rows, await connection.RowsAsync("a"));
        Assert.Equal([new DateTime(9999, 12, 31), DateTime.MaxValue.AddTicks(-9), DateTimeOffset.MaxValue.AddTicks(-9_999_999)], rows[1]);
        await ImportAsync(connection, "b.csv", "n\n2024-02-29T05:00:00.123456789\n", s_hash with { Dataset = "b" });
        Assert.Equal("2024-02-29T05:00:00.123456789", connection.Database.HashGet(connection.Keys.Row("b", "1"), "n"));
    }

    [Fact]
    public async Task A_row_is_a_hash_of_plain_text_for_any_client()
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "a.csv", Content, s_hash with { Key = "id" });
        var row = connection.Database.HashGetAll(connection.Keys.Row("a", "7")).ToDictionary(e => (string)e.Name!, e => (string)e.Value!);
        Assert.Equal(new() { ["id"] = "7", ["price"] = "0.1", ["name"] = "größe", ["flag"] = "true", ["day"] = "2013-01-31" }, row);
        Assert.Equal(["id", "name"], connection.Database.HashKeys(connection.Keys.Row("a", "3")).Select(k => (string)k!).Order());
    }

    [Fact]
    public async Task A_stream_has_an_entry_a_row_whose_id_is_its_number()
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "a.csv", Content, s_hash with { Layout = DatasetLayout.Stream });
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.Equal(["1-0", "2-0", "3-0"], connection.Database.StreamRange(dataset.Placement!.Index).Select(e => (string)e.Id!));
    }

    [Fact]
    public async Task A_server_without_streams_is_told_before_anything_is_written()
    {
        await using var connection = await embedded.ConnectAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(connection, "a.csv", Content, s_hash with { Layout = DatasetLayout.Stream }));
        Assert.Equal("StreamsUnsupported", error.ErrorId);
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
    }

    [Fact]
    public async Task Rows_with_a_key_are_written_over_and_added()
    {
        await using var connection = await redis.ConnectAsync();
        var options = s_hash with { Key = "id" };
        await ImportAsync(connection, "1.csv", "id,x\n1,a\n2,b\n", options);
        // Twice the same key within a file: the last one counts; a value that is missing now is gone.
        var result = await ImportAsync(connection, "2.csv", "id,x\n2,\n3,c\n3,d\n", options with { Append = true });
        Assert.Equal((2, 3), (result.Version, result.RowsWritten));
        Assert.Equal<object?[]>([[1L, "a"], [2L, null], [3L, "d"]], await connection.RowsAsync("a"));
        Assert.Equal(3, (await new DatasetStore(connection).GetAsync("a", null, Cancellation)).Rows);
        Assert.True((await ImportAsync(connection, "2.csv", "id,x\n2,\n3,c\n3,d\n", options with { Append = true })).Unchanged);
    }

    [Theory]
    [InlineData(DatasetLayout.Hash, null)]
    [InlineData(DatasetLayout.Hash, "id")]
    [InlineData(DatasetLayout.Stream, null)]
    public async Task Replacing_leaves_no_row_of_the_dataset_before(DatasetLayout layout, string? key)
    {
        await using var connection = await redis.ConnectAsync();
        var options = s_hash with { Layout = layout, Key = key };
        await ImportAsync(connection, "1.csv", "id\n1\n2\n3\n", options);
        await ImportAsync(connection, "2.csv", "id\n2\n5\n", options with { Force = true });
        Assert.Equal<object?[]>([[2L], [5L]], await connection.RowsAsync("a"));
        Assert.Equal(layout == DatasetLayout.Hash ? 2 : 0, (await connection.KeysAsync()).Count(k => k.Contains(":row:")));
    }

    [Theory]
    [InlineData(DatasetLayout.Hash, null)]
    [InlineData(DatasetLayout.Stream, null)]
    public async Task Rows_are_added_behind_those_that_are_there_also_after_a_try_that_failed(DatasetLayout layout, string? key)
    {
        await using var connection = await redis.ConnectAsync();
        var options = s_hash with { Layout = layout, Key = key, Append = true };
        await ImportAsync(connection, "1.csv", "id\n1\n2\n", options);
        var content = "id\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")) + "oops\n";
        await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, "2.csv.gz", content, options));
        Assert.Equal<object?[]>([[1L], [2L]], await connection.RowsAsync("a"));
        await ImportAsync(connection, "3.csv", "id\n3\n", options);
        Assert.Equal<object?[]>([[1L], [2L], [3L]], await connection.RowsAsync("a"));
        Assert.Equal(layout == DatasetLayout.Hash ? 3 : 0, (await connection.KeysAsync()).Count(k => k.Contains(":row:")));
    }

    [Fact]
    public async Task A_broken_off_import_of_rows_goes_on_and_its_rows_come_once()
    {
        await using var connection = await redis.ConnectAsync();
        var path = _folder.Write("a.csv", "id,text\n"
            + string.Concat(Enumerable.Range(0, 60_000).Select(i =>
                $"{i},a text that is its own {i} and goes on for a while so that there are some parts\n")));
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatasetImport.RunAsync(connection, path, s_hash, new CancelOnceWritten(cancel), cancel.Token));
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
        var result = await DatasetImport.RunAsync(connection, path, s_hash with { Resume = true }, null, Cancellation);
        Assert.Equal(60_000, result.RowsWritten);
        Assert.Equal(Enumerable.Range(0, 60_000).Select(i => (long)i), (await connection.RowsAsync("a")).Select(r => (long)r[0]!));
    }

    [Fact]
    public async Task Rows_go_after_their_time_and_those_that_are_left_are_read()
    {
        await using var connection = await redis.ConnectAsync();
        await ImportAsync(connection, "1.csv", "id,x\n1,a\n2,b\n", s_hash with { Key = "id", TimeToLive = TimeSpan.FromHours(1) });
        Assert.InRange(connection.Database.KeyTimeToLive(connection.Keys.Row("a", "1"))!.Value.TotalMinutes, 50, 60);
        connection.Database.KeyDelete(connection.Keys.Row("a", "1"));
        Assert.Equal<object?[]>([[2L, "b"]], await connection.RowsAsync("a"));
    }

    [Theory]
    [InlineData("KeyMissing", "id,x\n1,a\n,b\n")]
    [InlineData("ColumnNotFound", "ix,x\n1,a\n")]
    public async Task A_key_that_is_not_there_stops_and_leaves_nothing(string errorId, string content)
    {
        await using var connection = await redis.ConnectAsync();
        Assert.Equal(errorId,
            (await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(connection, "a.csv", content, s_hash with { Key = "id" }))).ErrorId);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task Rows_are_added_in_their_datasets_layout_only()
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, "1.csv", "id\n1\n", new() { Dataset = "a" });
        Assert.Equal("LayoutMismatch",
            (await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(connection, "2.csv", "id\n2\n", s_hash with { Append = true }))).ErrorId);
        Assert.Equal("KeyNeedsHash",
            (await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(connection, "2.csv", "id\n2\n", new() { Dataset = "b", Key = "id" }))).ErrorId);
    }

    Task<ImportResult> ImportAsync(RedisMLConnection connection, string name, string content, ImportOptions options) =>
        DatasetImport.RunAsync(connection, name.EndsWith(".gz", StringComparison.Ordinal) ? _folder.WriteGzip(name, content)
            : _folder.Write(name, content), options, null, Cancellation);

    sealed class CancelOnceWritten(CancellationTokenSource cancel) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            Thread.Sleep(100);
            if (value.Rows > 0) cancel.Cancel();
        }
    }
}
