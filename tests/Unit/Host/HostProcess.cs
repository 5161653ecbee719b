using System.Diagnostics;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Host;

/// <summary>The built Host as a process with redirected streams, as a scheduler or a build agent runs it.</summary>
sealed class HostProcess : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    // Of the configuration that the tests were built in.
    static readonly string s_host = Path.Combine(HostedEngine.ProjectRoot, "artifacts", "bin", "RedisML.Host",
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "RedisML.Host.dll");

    readonly Process _process;
    readonly Task<string> _output;
    readonly Task<string> _error;

    /// <param name="folder">The working directory; any where null.</param>
    public HostProcess(string? folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [s_host, .. arguments])
        {
            WorkingDirectory = folder ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("REDISML_CONNECTION");
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static async Task<HostResult> RunAsync(params string[] arguments)
    {
        using var host = new HostProcess(null, arguments);
        return await host.EndAsync();
    }

    /// <summary>Gives the process its whole input, and waits until it has ended.</summary>
    public async Task<HostResult> EndAsync(string input = "")
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(s_patience);
        await _process.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(patience.Token);
        return new(_process.ExitCode, Normalize(await _output), Normalize(await _error));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    static string Normalize(string text) => text.ReplaceLineEndings("\n");
}

sealed record HostResult(int ExitCode, string Output, string Error);
