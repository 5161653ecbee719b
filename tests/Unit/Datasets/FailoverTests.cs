using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>A primary becomes a replica in the middle of an import, as when the servers fail over.</summary>
public sealed class FailoverTests : NumberedRowsTests
{
    const int Rows = 60_000;

    [Theory]
    [InlineData(DatasetLayout.Columnar)]
    [InlineData(DatasetLayout.Hash)]
    [InlineData(DatasetLayout.Stream)]
    public async Task An_import_goes_on_at_the_new_primary(DatasetLayout layout)
    {
        RedisServer.SkipIfMissing();
        using var first = new RedisServer();
        using var second = new RedisServer($"replicaof 127.0.0.1 {first.Port}");
        await WaitForAsync(second, "master_link_status:up");
        var both = ConnectionSettings.Parse($"127.0.0.1:{first.Port},127.0.0.1:{second.Port}") with { Prefix = TestPrefix.New() };
        await using var connection = await RedisMLConnection.ConnectAsync(both, Cancellation);
        var progress = new AtReport(2, () => Execute(first, "FAILOVER", "TO", "127.0.0.1", $"{second.Port}"), delay: 100);
        int rows = layout == DatasetLayout.Columnar ? Rows : Rows / 2;
        var result = await DatasetImport.RunAsync(connection, WriteRows(rows, more: Long(200)), Options(layout), progress, Cancellation);
        Assert.True(progress.IsDone);
        Assert.Equal((rows, rows), (result.RowsRead, result.RowsWritten));
        await WaitForAsync(first, "role:slave");
        await using var atSecond =
            await RedisMLConnection.ConnectAsync(second.NewSettings() with { Prefix = connection.Prefix }, Cancellation);
        await AssertWholeAsync(atSecond, rows);
    }

    [Fact]
    public async Task READONLY_is_waited_out()
    {
        RedisServer.SkipIfMissing();
        using var first = new RedisServer();
        using var second = new RedisServer($"replicaof 127.0.0.1 {first.Port}");
        await WaitForAsync(second, "master_link_status:up");
        await using var connection = await first.ConnectAsync();
        var back = Task.CompletedTask;
        // The only server that the import knows is a replica for a while, and then is the primary again.
        var progress = new AtReport(2, () =>
        {
            Execute(first, "FAILOVER", "TO", "127.0.0.1", $"{second.Port}");
            back = Task.Run(async () =>
            {
                await WaitForAsync(first, "master_link_status:up");
                // Until the import has met it: it is the only one that writes there.
                await WaitForAsync(first, "errorstat_READONLY", "errorstats");
                Execute(second, "FAILOVER", "TO", "127.0.0.1", $"{first.Port}");
            }, Cancellation);
        }, delay: 100);
        var path = WriteRows(Rows, more: Long(200));
        var result = await DatasetImport.RunAsync(connection, path, Options(DatasetLayout.Columnar), progress, Cancellation);
        Assert.True(progress.IsDone);
        await back;
        Assert.Equal((Rows, Rows), (result.RowsRead, result.RowsWritten));
        await AssertWholeAsync(connection, Rows);
    }

    static ImportOptions Options(DatasetLayout layout) => new() { Dataset = "a", Layout = layout };

    /// <summary>Waits until a server says so of itself.</summary>
    static async Task WaitForAsync(RedisServer server, string line, string section = "replication")
    {
        using var client = Connect(server);
        await Patience.UntilAsync(async () => $"{await client.GetServers()[0].ExecuteAsync("INFO", section)}".Contains(line),
            () => $"The server doesn't get to {line}.");
    }

    static string Execute(RedisServer server, params object[] command)
    {
        using var client = Connect(server);
        return $"{client.GetServers()[0].Execute((string)command[0], command[1..])}";
    }

    static StackExchange.Redis.ConnectionMultiplexer Connect(RedisServer server) =>
        StackExchange.Redis.ConnectionMultiplexer.Connect($"127.0.0.1:{server.Port},allowAdmin=true");
}
