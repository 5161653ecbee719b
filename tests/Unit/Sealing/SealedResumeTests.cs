using System.Security.Cryptography;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Sealing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Sealing;

/// <summary>A sealed import that broke off goes on with its key, with another one or without it says so, and loses nothing by that.
/// </summary>
public sealed class SealedResumeTests : NumberedRowsTests
{
    const int Rows = 150_000;

    static readonly ImportOptions s_options = new() { Dataset = "a", Compression = ChunkCompression.None };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sealed_import_goes_on_with_its_key_alone(bool isProcess)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("appendonly yes", "appendfsync always");
        var key = RandomNumberGenerator.GetBytes(EncryptionKey.Length);
        var settings = server.NewSettings() with { EncryptionKey = EncryptionKey.FromBytes(key) };
        var path = WriteRows(Rows, more: Long(300));
        await using (var first = await RedisMLConnection.ConnectAsync(settings, Cancellation))
        {
            if (isProcess) await KillProcessAsync(first, path, key);
            else await BreakOffAsync(server, first, path, s_options);
        }

        var wrong = settings with { EncryptionKey = EncryptionKey.FromBytes(RandomNumberGenerator.GetBytes(EncryptionKey.Length)) };
        var error = await Assert.ThrowsAsync<RedisMLException>(() => RedisMLConnection.ConnectAsync(wrong, Cancellation));
        Assert.Equal("WrongEncryptionKey", error.ErrorId);
        Assert.Contains(settings.EncryptionKey.Id, error.Message);
        await using (var open = await RedisMLConnection.ConnectAsync(settings with { EncryptionKey = null }, Cancellation))
        {
            error = await Assert.ThrowsAsync<RedisMLException>(() => ResumeAsync(open, path));
            Assert.Equal("EncryptionKeyRequired", error.ErrorId);
        }

        await using var connection = await RedisMLConnection.ConnectAsync(settings, Cancellation);
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
        var result = await ResumeAsync(connection, path);
        Assert.InRange(result.RowsResumed, 1, Rows - 1);
        Assert.Equal(Rows, result.RowsWritten);
        await AssertWholeAsync(connection, Rows);
        var keys = await connection.KeysAsync();
        Assert.DoesNotContain(keys, k => k.Contains(":import"));
        foreach (var chunk in keys.Where(k => k.Contains(":chunk:")))
            Assert.True(Seal.IsSealed((byte[])(await connection.Database.StringGetRangeAsync(chunk, 0, 99))!), chunk);
    }

    static Task<ImportResult> ResumeAsync(RedisMLConnection connection, string path) =>
        DatasetImport.RunAsync(connection, path, s_options with { Resume = true }, null, Cancellation);

    /// <summary>The process that imports is killed as kill -9 does it, once it has made a checkpoint.</summary>
    static async Task KillProcessAsync(RedisMLConnection connection, string path, byte[] key)
    {
        // Writes wait from the first one on, until checkpoints are due; and from the first checkpoint on, until it is killed.
        using var process = new HostProcess(
            $"$null = Connect-RedisML {connection.Endpoint} -Prefix {connection.Prefix} " +
            $"-EncryptionKey ([Convert]::FromBase64String('{Convert.ToBase64String(key)}')); 'ready'; $null = [Console]::In.ReadLine(); " +
            $"Import-RedisTrainingData '{path}' -Dataset a -Compression None");
        Assert.Equal("ready", await process.ReadLineAsync());
        await process.WriteLineAsync("");
        Patience.Until(() => Journal() is not null, "The import hasn't begun.");
        await connection.Database.ExecuteAsync("CLIENT", "PAUSE", "1200", "WRITE");
        Patience.Until(() => connection.Database.HashExists(Journal()!, "checkpoint"), "The import makes no checkpoint.");
        await connection.Database.ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");
        process.Kill();
        await connection.Database.ExecuteAsync("CLIENT", "UNPAUSE");

        string? Journal() => connection.Database.SetMembers(connection.Keys.Imports).Select(id => (string)connection.Keys.Journal(id!)!)
            .FirstOrDefault();
    }
}
