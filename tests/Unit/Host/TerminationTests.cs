using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Host;

/// <summary>SIGTERM ends PowerShell at once, without its <c>finally</c> blocks: what the module holds is seen to all the same.</summary>
public sealed class TerminationTests : IDisposable
{
    const int Terminated = 128 + 15;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string Temporary => Path.Combine(_folder.Path, "temporary");

    [Fact]
    public async Task Embedded_servers_keep_what_they_acknowledged_and_leave_no_folder()
    {
        var data = Path.Combine(_folder.Path, "data");
        using var host = Start($"""
            $null = Start-RedisMLServer
            $null = Connect-RedisML -Embedded -DataDirectory '{data}'
            Set-RedisModelParameter m w 42
            'set'
            {HostProcess.Wait}
            """);
        Assert.Equal("set", await host.ReadLineAsync());
        Assert.Contains(Left(), name => name.StartsWith("redisml-server-", StringComparison.Ordinal));
        host.Signal("TERM");
        Assert.Equal(Terminated, await host.ExitAsync());
        Assert.Empty(Left());
        var result = await HostProcess.RunAsync(
            "-Command", $"$null = Connect-RedisML -Embedded -DataDirectory '{data}'; (Get-RedisModelParameter m w).Value");
        Assert.Equal(new HostResult(0, "42\n", ""), result);
    }

    [Fact]
    public async Task What_an_import_holds_in_a_temporary_file_goes()
    {
        using var host = Start("""
            $null = Connect-RedisML -Embedded
            'reads'
            Import-RedisTrainingData - -Dataset a
            """);
        Assert.Equal("reads", await host.ReadLineAsync());
        await Patience.UntilAsync(() => Left().Any(name => name.EndsWith(".tmp", StringComparison.Ordinal)), "There is no such file.");
        host.Signal("TERM");
        Assert.Equal(Terminated, await host.ExitAsync());
        Assert.Empty(Left());
    }

    HostProcess Start(string script)
    {
        Directory.CreateDirectory(Temporary);
        return new(script, variables: new Dictionary<string, string?> { ["TMPDIR"] = Temporary, ["DOTNET_EnableDiagnostics"] = "0" });
    }

    /// <summary>What lies in the process's folder for temporary files, but for PowerShell's own pipe.</summary>
    IEnumerable<string> Left() => Directory.GetFileSystemEntries(Temporary).Select(path => Path.GetFileName(path))
        .Where(name => !name.StartsWith("CoreFxPipe_", StringComparison.Ordinal));
}
