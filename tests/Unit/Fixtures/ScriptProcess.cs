using System.Diagnostics;

namespace RedisML.Unit.Fixtures;

/// <summary>A script in a process of its own, run by the Host: with the module's load contexts, and to be killed.</summary>
public sealed class ScriptProcess : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    readonly TemporaryFolder _folder = new();
    readonly Process _process;

    /// <param name="variables">Environment variables of the process.</param>
    public ScriptProcess(string script, IEnumerable<string>? arguments = null, IReadOnlyDictionary<string, string?>? variables = null)
    {
        var start = HostProcess.StartInfo(null, [_folder.Write("script.ps1", script), .. arguments ?? []]);
        foreach (var (name, value) in variables ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        _process = Process.Start(start)!;
    }

    /// <summary>What makes the script wait until it is killed, or <see cref="FinishAsync"/>.</summary>
    public const string Wait = "$null = [Console]::In.ReadLine()";

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_patience)
        ?? throw new EndOfStreamException(await _process.StandardError.ReadToEndAsync());

    /// <summary>Lets the script go on to its end.</summary>
    /// <returns>The exit code, and all that was written.</returns>
    public async Task<(int ExitCode, string Text)> FinishAsync()
    {
        _process.StandardInput.Close();
        var texts = await Task.WhenAll(_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync()).WaitAsync(s_patience);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience);
        return (_process.ExitCode, string.Concat(texts));
    }

    /// <summary>Ends the process at once, as kill -9 does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
        _folder.Dispose();
    }
}
