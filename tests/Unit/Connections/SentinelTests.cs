using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Connections;

/// <summary>A primary with a replica, and a sentinel that knows which of them is the primary.</summary>
public sealed class SentinelTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    RedisServer? _primary, _replica, _sentinel;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        RedisServer.SkipIfMissing();
        _primary = new("repl-diskless-sync-delay 0");
        _replica = new($"replicaof 127.0.0.1 {_primary.Port}");
        await WaitForAsync(_replica, "INFO replication", "master_link_status:up");
        _sentinel = new($"sentinel monitor main 127.0.0.1 {_primary.Port} 1", "sentinel down-after-milliseconds main 500",
            "sentinel failover-timeout main 3000");
        await WaitForAsync(_sentinel, "SENTINEL replicas main", "*1");
    }

    public ValueTask DisposeAsync()
    {
        foreach (var server in new[] { _sentinel, _replica, _primary }) server?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_import_goes_on_at_the_replica_that_takes_the_place_of_a_killed_primary()
    {
        await using var connection = await ConnectAsync("main");
        Assert.Equal("standalone", connection.Server.Mode);
        int reports = 0;
        var path = _folder.Write("a.csv", "id,value\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},{i / 7.0:R}\n")));
        var progress = new Reports(() =>
        {
            Thread.Sleep(40);
            if (++reports == 2) _primary!.Kill();
        });
        try
        {
            await DatasetImport.RunAsync(connection, path, new() { Dataset = "a" }, progress, Cancellation);
        }
        catch (RedisMLException e) when (e.ErrorId == "ChunkLost")
        {
            // The replica may have lacked what the primary acknowledged last.
            await DatasetImport.RunAsync(connection, path, new() { Dataset = "a" }, null, Cancellation);
        }
        Assert.True(reports >= 2);
        Assert.Equal(Enumerable.Range(0, 200_000).Select(i => (long)i), (await connection.RowsAsync("a")).Select(r => (long)r[0]!));
    }

    [Fact]
    public async Task A_service_that_the_sentinel_does_not_know_is_named()
    {
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ConnectAsync("other"));
        Assert.Equal("ConnectionFailed", error.ErrorId);
        Assert.Contains("primary for service: other", error.Message);
    }

    Task<RedisMLConnection> ConnectAsync(string service) =>
        RedisMLConnection.ConnectAsync(ConnectionSettings.Parse($"127.0.0.1:{_sentinel!.Port},serviceName={service}"), Cancellation);

    /// <summary>Asks again and again, until a line of the answer is the one given.</summary>
    static async Task WaitForAsync(RedisServer server, string command, string line)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience.Event;)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, server.Port, Cancellation);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\n"), Cancellation);
            using var answer = new StreamReader(client.GetStream());
            using var brief = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            try
            {
                while (await answer.ReadLineAsync(brief.Token) is { } text)
                    if (text == line) return;
            }
            catch (OperationCanceledException) { }
        }
        throw new TimeoutException($"'{line}' never came.");
    }

    sealed class Reports(Action action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action();
    }
}
