using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>What needs a process of its own: standard input, memory, Ctrl+C.</summary>
public sealed class ImportProcessTests(EmbeddedServerFixture embedded, RedisServerFixture redis) : IDisposable
{
    const long Gigabyte = 1L << 30;

    /// <summary>What an import in the Host takes, and some more.</summary>
    const long MemoryBound = 600L << 20;

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string Embedded => $"127.0.0.1:{embedded.Port}";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("id,text\n1,one\n2,\"a,b\"\n")]
    [InlineData("{\"id\":1,\"text\":\"one\"}\n{\"id\":2,\"text\":\"a,b\"}\n")]
    public async Task Standard_input_becomes_a_dataset_whatever_its_format(string content)
    {
        await using var connection = await embedded.ConnectAsync();
        using var process =
            Start(connection, "$result = Import-RedisTrainingData -Path - -Dataset a; \"$($result.RowsRead) $($result.RowsWritten)\"");
        var result = await process.EndAsync(content);
        Assert.Equal(new HostResult(0, "2 2\n", ""), result);
        Assert.Equal<object?[]>([[1L, "one"], [2L, "a,b"]], await connection.RowsAsync("a"));
    }

    [Fact]
    public async Task Standard_input_without_a_byte_or_to_be_resumed_is_an_error()
    {
        await using var connection = await embedded.ConnectAsync();
        using var process =
            Start(connection,
            "try { Import-RedisTrainingData - -Dataset a } catch { $_.FullyQualifiedErrorId }; try { Import-RedisTrainingData - } catch " +
            "{ $_.FullyQualifiedErrorId }");
        var result = await process.EndAsync();
        Assert.Equal(["FileEmpty,RedisML.PowerShell.Datasets.ImportRedisTrainingDataCommand",
            "DatasetRequired,RedisML.PowerShell.Datasets.ImportRedisTrainingDataCommand"],
            result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task Ctrl_C_ends_a_wait_for_standard_input()
    {
        await using var connection = await embedded.ConnectAsync();
        using var process = Start(connection, "'ready'; Import-RedisTrainingData -Path - -Dataset a; 'not interrupted'");
        Assert.Equal("ready", await process.ReadLineAsync());
        // Its input stays open, so that nothing but an interrupt ends the wait; the first may come before there is one.
        var exit = process.ExitAsync();
        await Patience.UntilAsync(async () =>
        {
            process.Interrupt();
            return await Task.WhenAny(exit, Task.Delay(200, Cancellation)) == exit;
        }, () => "The wait goes on.");
        Assert.Equal(HostProcess.Interrupted, await exit);
        await Assert.ThrowsAsync<EndOfStreamException>(process.ReadLineAsync);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task Ctrl_C_ends_an_import_with_nothing_visible_and_it_goes_on_with_resume()
    {
        const int rows = 250_000;
        await using var connection = await redis.ConnectAsync();
        var path =
            _folder.Write("a.csv", "id,value\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},a text of its own {i}\n")));
        using var process = Start(connection, $"'ready'; Import-RedisTrainingData '{path}' -Dataset a -Layout Hash; 'not interrupted'");
        Assert.Equal("ready", await process.ReadLineAsync());
        Assert.True(SpinWait.SpinUntil(() => connection.Database.KeyExists(connection.Keys.Row("a", "1000")), Patience.Event));
        process.Interrupt();
        int exit = await process.ExitAsync().WaitAsync(Patience.Event, Cancellation);
        var said = await Assert.ThrowsAsync<EndOfStreamException>(process.ReadLineAsync);
        Assert.True(exit == HostProcess.Interrupted, $"It ended with {exit}: {said.Message}");
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
        Assert.False(await connection.Database.KeyExistsAsync(connection.Keys.Row("a", $"{rows}")));

        var result = await DatasetImport.RunAsync(connection, path, new() { Dataset = "a", Layout = DatasetLayout.Hash, Resume = true },
            null, Cancellation);
        Assert.Equal(rows, result.RowsWritten);
        await new DatasetStore(connection).RemoveAsync("a", Cancellation);
        Assert.Empty(await connection.KeysAsync());
    }

    [Theory]
    [InlineData("a.csv", "id,text\n", "7,text\n")]
    [InlineData("a.jsonl", "", "{\"id\":7,\"text\":\"text\"}\n")]
    public async Task A_record_of_a_gigabyte_takes_no_gigabyte_of_memory(string name, string head, string row)
    {
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.Write(name, head + string.Concat(Enumerable.Repeat(row, 200_000)));
        using (var file = File.OpenWrite(path)) file.SetLength(Gigabyte);
        using var process =
            Start(connection,
            $"try {{ Import-RedisTrainingData '{path}' -Dataset a }} catch {{ $_.FullyQualifiedErrorId }}; " +
            "[Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64");
        var lines = (await process.EndAsync()).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("RecordTooLong,RedisML.PowerShell.Datasets.ImportRedisTrainingDataCommand", lines[0]);
        Assert.InRange(long.Parse(lines[1]), 1, MemoryBound);
        TestContext.Current.SendDiagnosticMessage($"{name}: {long.Parse(lines[1]) / 1e6:N0} MB at most");
        Assert.Empty(await connection.KeysAsync());
    }

    HostProcess Start(RedisMLConnection connection, string script) => new(
        "param($Server, $Prefix)\n$null = Connect-RedisML $Server -Prefix $Prefix\n" + script,
        [connection.Endpoint == Embedded ? $"{Embedded},password={embedded.Password}" : connection.Endpoint, connection.Prefix]);
}
