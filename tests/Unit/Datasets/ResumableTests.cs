using RedisML.Connections;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>What the error of an import that broke off promises, the server still has.</summary>
public sealed class ResumableTests : IDisposable
{
    const int Rows = 600_000;

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_server_that_is_gone_is_promised_nothing_of()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        // What is sent to a server that is gone is given up soon, and not after the minute that is usual.
        await using var connection = await RedisMLConnection.ConnectAsync(
            ConnectionSettings.Parse($"127.0.0.1:{server.Port},asyncTimeout=500") with { Prefix = TestPrefix.New() }, Cancellation);
        var killed = 0;
        var progress = new Watch(rows =>
        {
            if (rows > 0 && Interlocked.Exchange(ref killed, 1) == 0) server.Kill();
        });
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, Write(), new() { Dataset = "a" }, progress, Cancellation));
        Assert.DoesNotContain("are kept", error.Message);
        Assert.Contains("doesn't say whether", error.Message);

        server.Restart();
        await using var again = await server.ConnectAsync();
        var result = await DatasetImport.RunAsync(again, Write(), new() { Dataset = "a", Resume = true }, null, Cancellation);
        Assert.Equal((0, Rows), (result.RowsResumed, result.RowsWritten));
    }

    [Fact]
    public async Task A_full_server_keeps_as_many_rows_as_are_promised()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("maxmemory 6mb", "maxmemory-policy noeviction");
        await using var connection = await server.ConnectAsync();
        var path = Write();
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, path, new() { Dataset = "a" }, null, Cancellation));
        Assert.Equal("RedisOutOfMemory", error.ErrorId);
        var promised = error.Message.Contains("are kept", StringComparison.Ordinal)
            ? long.Parse(error.Message.Split(" rows are kept")[0].Split(' ')[^1].Replace(",", "", StringComparison.Ordinal)) : 0;
        await connection.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        var result = await DatasetImport.RunAsync(connection, path, new() { Dataset = "a", Resume = true }, null, Cancellation);
        Assert.Equal((promised, Rows), (result.RowsResumed, result.RowsWritten));
    }

    string Write()
    {
        var random = new Random(1);
        return _folder.Write("a.csv", "x,y\n"
            + string.Concat(Enumerable.Range(0, Rows).Select(_ => $"{random.NextInt64()},{random.NextDouble():R}\n")));
    }

    sealed class Watch(Action<long> look) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => look(value.Rows);
    }
}
