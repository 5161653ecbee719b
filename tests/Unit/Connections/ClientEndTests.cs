using System.Diagnostics;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.Runs;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Connections;

/// <summary>What a client leaves behind, and when: closed connections, ended processes, clocks that are wrong.</summary>
public sealed class ClientEndTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_connection_closes_at_once_though_the_server_doesnt_answer()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        var connection = await server.ConnectAsync();
        server.Signal("STOP");
        try
        {
            var pending = connection.Database.PingAsync();
            var clock = Stopwatch.StartNew();
            await connection.DisposeAsync();
            // A command is waited for twice as long.
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed}");
            await Assert.ThrowsAnyAsync<Exception>(() => pending);
        }
        finally
        {
            server.Signal("CONT");
        }
    }

    [Fact]
    public async Task SIGTERM_leaves_a_run_that_is_interrupted_at_once_and_goes_on()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        await using var connection = await server.ConnectAsync();
        var path = _folder.Write("points.csv", "x,y\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},{2 * i}\n")));
        await DatasetImport.RunAsync(connection, path, new() { Dataset = "points" }, null, Cancellation);
        // A node timeout far beyond the test's patience: nobody but the process itself says that it is gone.
        using var process = new HostProcess("""
            param($Server, $Prefix)
            $null = Connect-RedisML $Server -Prefix $Prefix
            Start-RedisDistributedTraining points m -Algorithm Linear -Label y -Optimizer Sgd -Epoch 100000000 -LearningRate 1e-9 -NodeTimeout 600 -Wait
            """, [connection.Endpoint, connection.Prefix]);
        var runs = new RunStore(connection);
        var run = await UntilAsync(async () => (await runs.ListAsync(Cancellation)) is [var id]
            && await runs.GetAsync(id, Cancellation) is { State: RunState.Running, Progress.Iteration: > 0 } r ? r : null);
        process.Signal("TERM");
        await process.ExitAsync();
        Assert.Equal(RunState.Interrupted, (await runs.GetAsync(run.Id, Cancellation)).State);
        // Whoever resumes it is another node, and so it is at work again.
        using var next = new HostProcess("""
            param($Server, $Prefix, $Id)
            $null = Connect-RedisML $Server -Prefix $Prefix
            Resume-RedisDistributedTraining $Id -Wait
            """, [connection.Endpoint, connection.Prefix, run.Id]);
        await UntilAsync(async () => await runs.GetAsync(run.Id, Cancellation) is { State: RunState.Running } r ? r : null);
    }

    [Theory]
    [InlineData(28)]
    [InlineData(-28)]
    public async Task A_client_whose_clock_is_wrong_takes_nothing_away_from_others(int hours)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        await using var connection = await server.ConnectAsync();
        // An import that is under way elsewhere, and a version that is read there.
        var other = await DatasetWriter.StartAsync(connection, "others", [], Cancellation);
        var journal = connection.Keys.Journal((string)(await connection.Database.SetMembersAsync(connection.Keys.Imports)).Single()!);
        var settings =
            ConnectionSettings.For("127.0.0.1", server.Port) with { Prefix = connection.Prefix, LocalClock = new ShiftedClock(hours) };
        await using (var wrong = await RedisMLConnection.ConnectAsync(settings, Cancellation))
        {
            var path = _folder.Write("a.csv", "x\n1\n");
            var result = await DatasetImport.RunAsync(wrong, path, new() { Dataset = "mine" }, null, Cancellation);
            Assert.Equal(1, result.Version);
            var created = (await new DatasetStore(wrong).GetAsync("mine", null, Cancellation)).Created;
            Assert.True((DateTimeOffset.UtcNow - created).Duration() < TimeSpan.FromMinutes(5), $"{created}");
        }
        Assert.True(await connection.Database.KeyExistsAsync(journal));
        await other.DisposeAsync();
        Assert.False(await connection.Database.KeyExistsAsync(journal));
    }

    [Fact]
    public async Task A_server_that_doesnt_tell_the_time_to_a_user_is_no_obstacle()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("user timeless on nopass ~* &* +@all -time");
        await using var connection =
            await RedisMLConnection.ConnectAsync(server.NewSettings().WithCredential("timeless", ""), Cancellation);
        Assert.True(((await connection.Clock.NowAsync(Cancellation)) - DateTimeOffset.UtcNow).Duration() < TimeSpan.FromMinutes(1));
    }

    static async Task<T> UntilAsync<T>(Func<Task<T?>> look) where T : class
    {
        T? found = null;
        await Patience.UntilAsync(async () => (found = await look()) is not null, () => "It is never so.");
        return found!;
    }

    /// <summary>A clock that is some hours off, and goes as others do.</summary>
    sealed class ShiftedClock(int hours) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddHours(hours);
    }
}
