using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>What <see cref="ImportFaultTests"/> asks of chunks, of rows that lie one by one.</summary>
public sealed class RowFaultTests : NumberedRowsTests
{
    const int Rows = 20_000;

    public static TheoryData<DatasetLayout, string?> Layouts =>
        new() { { DatasetLayout.Hash, null }, { DatasetLayout.Hash, "id" }, { DatasetLayout.Stream, null } };

    public static MatrixTheoryData<DatasetLayout, string> Evicting { get; } =
        new([DatasetLayout.Hash, DatasetLayout.Stream], ["allkeys-lru", "allkeys-lfu", "allkeys-random"]);

    public static MatrixTheoryData<DatasetLayout, string> Refusing { get; } =
        new([DatasetLayout.Hash, DatasetLayout.Stream], ["noeviction", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"]);

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task A_persistent_server_that_is_killed_and_comes_back_costs_nothing(DatasetLayout layout, string? key)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("appendonly yes", "appendfsync always");
        await using var connection = await server.ConnectAsync();
        var progress = new AtReport(2, () =>
        {
            server.Kill();
            server.Restart();
        }, delay: 100);
        var result = await DatasetImport.RunAsync(connection, WriteNumbers(), Options(layout, key), progress, Cancellation);
        Assert.True(progress.IsDone);
        Assert.Equal((Rows, Rows), (result.RowsRead, result.RowsWritten));
        await AssertWholeAsync(connection, Rows);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":import"));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task A_server_that_forgets_what_it_acknowledged_is_noticed(DatasetLayout layout, string? key)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        await using var connection = await server.ConnectAsync();
        var progress = new AtReport(2, () =>
        {
            server.Kill();
            server.Restart();
        }, delay: 100);
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, WriteNumbers(), Options(layout, key), progress, Cancellation));
        Assert.Equal("ChunkLost", error.ErrorId);
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Rows_that_were_lost_although_the_import_went_on_are_noticed(DatasetLayout layout, string? key)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        await using var connection = await server.ConnectAsync();
        // The journal comes back, as from a backup; the rows don't.
        var progress = new AtReport(2, () =>
        {
            var kept = connection.Database.SetMembers(connection.Keys.Imports).Select(i => connection.Keys.Journal(i!))
                .ToDictionary(j => j, j => connection.Database.HashGetAll(j));
            server.Kill();
            server.Restart();
            Patience.Until(TryRestore, "The server doesn't come back.");

            bool TryRestore()
            {
                try
                {
                    foreach (var (journal, fields) in kept) connection.Database.HashSet(journal, fields);
                    return true;
                }
                catch (StackExchange.Redis.RedisException)
                {
                    return false;
                }
            }
        }, delay: 100);
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, WriteNumbers(), Options(layout, key), progress, Cancellation));
        Assert.Equal("ChunkLost", error.ErrorId);
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
    }

    [Theory]
    [MemberData(nameof(Evicting))]
    public async Task A_server_that_evicts_any_key_is_noticed(DatasetLayout layout, string policy)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("maxmemory 5mb", $"maxmemory-policy {policy}");
        await using var connection = await server.ConnectAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, WriteNumbers(), Options(layout), null, Cancellation));
        Assert.Contains(error.ErrorId, (string[])["ChunkLost", "RedisOutOfMemory"]);
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
    }

    [Theory]
    [MemberData(nameof(Refusing))]
    public async Task A_full_server_stops_the_import_which_goes_on_once_there_is_room(DatasetLayout layout, string policy)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("maxmemory 5mb", $"maxmemory-policy {policy}");
        await using var connection = await server.ConnectAsync();
        var path = WriteNumbers();
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, path, Options(layout), null, Cancellation));
        Assert.Equal("RedisOutOfMemory", error.ErrorId);
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));

        connection.Database.Execute("CONFIG", "SET", "maxmemory", "200mb");
        var result = await DatasetImport.RunAsync(connection, path, Options(layout) with { Resume = true }, null, Cancellation);
        Assert.Equal((Rows, Rows), (result.RowsRead, result.RowsWritten));
        await AssertWholeAsync(connection, Rows);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task A_server_that_is_killed_while_rows_are_removed_keeps_none_once_it_is_back(DatasetLayout layout, string? key)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("appendonly yes", "appendfsync always");
        await using var connection = await server.ConnectAsync();
        await DatasetImport.RunAsync(connection, WriteNumbers(), Options(layout, key), null, Cancellation);
        var removing = new DatasetStore(connection).RemoveAsync("a", Cancellation);
        // Its name goes just before its rows.
        Assert.True(SpinWait.SpinUntil(() => !connection.Database.SetContains(connection.Keys.Datasets, "a"), Patience.Event));
        server.Kill();
        server.Restart();
        Assert.True(await removing);
        await using var later = await RedisMLConnection.ConnectAsync(connection.Settings, Cancellation);
        Assert.Empty(await later.KeysAsync());
    }

    static ImportOptions Options(DatasetLayout layout, string? key = null) => new() { Dataset = "a", Layout = layout, Key = key };

    string WriteNumbers() => WriteRows(Rows, more: Long(200));
}
