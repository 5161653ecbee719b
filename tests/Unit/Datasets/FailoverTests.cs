using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Datasets.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>A primary becomes a replica in the middle of an import, as when the servers fail over.</summary>
public sealed class FailoverTests : IDisposable
{
    const int Rows = 300_000;

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

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
        await using var connection = await ConnectAsync($"127.0.0.1:{first.Port},127.0.0.1:{second.Port}");
        var progress = new AtReport(2, () => Execute(first, "FAILOVER", "TO", "127.0.0.1", $"{second.Port}"), delay: 100);
        int rows = layout == DatasetLayout.Columnar ? Rows : Rows / 3;
        var result = await DatasetImport.RunAsync(connection, WriteNumbers(rows), Options(layout), progress, Cancellation);
        Assert.True(progress.IsDone);
        Assert.Equal((rows, rows), (result.RowsRead, result.RowsWritten));
        await WaitForAsync(first, "role:slave");
        await using var atSecond = await ConnectAsync($"127.0.0.1:{second.Port}", connection.Prefix);
        Assert.Equal(Enumerable.Range(0, rows).Select(i => (long)i), (await atSecond.RowsAsync("a")).Select(r => (long)r[0]!));
    }

    [Fact]
    public async Task READONLY_is_waited_out()
    {
        RedisServer.SkipIfMissing();
        using var first = new RedisServer();
        using var second = new RedisServer($"replicaof 127.0.0.1 {first.Port}");
        await WaitForAsync(second, "master_link_status:up");
        await using var connection = await ConnectAsync($"127.0.0.1:{first.Port}");
        var back = Task.CompletedTask;
        // The only server that the import knows is a replica for a while, and then is the primary again.
        var progress = new AtReport(2, () =>
        {
            Execute(first, "FAILOVER", "TO", "127.0.0.1", $"{second.Port}");
            back = Task.Run(async () =>
            {
                await WaitForAsync(first, "master_link_status:up");
                await Task.Delay(500, Cancellation);
                Execute(second, "FAILOVER", "TO", "127.0.0.1", $"{first.Port}");
            }, Cancellation);
        }, delay: 100);
        var result = await DatasetImport.RunAsync(connection, WriteNumbers(Rows), Options(DatasetLayout.Columnar), progress, Cancellation);
        Assert.True(progress.IsDone);
        await back;
        Assert.Equal((Rows, Rows), (result.RowsRead, result.RowsWritten));
        Assert.Equal(Enumerable.Range(0, Rows).Select(i => (long)i), (await connection.RowsAsync("a")).Select(r => (long)r[0]!));
    }

    static ImportOptions Options(DatasetLayout layout) => new() { Dataset = "a", Layout = layout };

    static Task<RedisMLConnection> ConnectAsync(string addresses, string? prefix = null) =>
        RedisMLConnection.ConnectAsync(ConnectionSettings.Parse(addresses) with { Prefix = prefix ?? TestPrefix.New() }, Cancellation);

    /// <summary>Waits until a server says so of its replication.</summary>
    static async Task WaitForAsync(RedisServer server, string line)
    {
        for (int i = 0; !Execute(server, "INFO", "replication").Contains(line); i++)
        {
            Assert.True(i < 200, $"The server doesn't get to {line}.");
            await Task.Delay(50, Cancellation);
        }
    }

    static string Execute(RedisServer server, params object[] command)
    {
        using var client = StackExchange.Redis.ConnectionMultiplexer.Connect($"127.0.0.1:{server.Port},allowAdmin=true");
        return $"{client.GetServers()[0].Execute((string)command[0], command[1..])}";
    }

    string WriteNumbers(int rows) => _folder.Write("a.csv", "id,value,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},{i / 7.0:R},a text of its own {i}\n")));
}
