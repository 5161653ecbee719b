using System.Diagnostics;
using System.Globalization;

namespace RedisML.Unit.Fixtures;

/// <summary>The built Host in a process of its own, its streams redirected: with the module's load contexts, and to be killed.</summary>
public sealed class HostProcess : IDisposable
{
    /// <summary>Built beside these tests, in the same configuration.</summary>
    internal static readonly string Program = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "RedisML.Host", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
        "RedisML.Host.dll"));

    readonly TemporaryFolder _folder = new();
    readonly Process _process;

    /// <summary>Runs the text of a script.</summary>
    /// <param name="variables">Environment variables of the process.</param>
    public HostProcess(string script, IEnumerable<string>? arguments = null, IReadOnlyDictionary<string, string?>? variables = null) =>
        _process = Start([_folder.Write("script.ps1", script), .. arguments ?? []], "", variables);

    HostProcess(string[] arguments, string folder) => _process = Start(arguments, folder, null);

    /// <summary>Runs the Host with a command line, in a folder where that matters.</summary>
    public static HostProcess Start(string[] arguments, string folder = "") => new(arguments, folder);

    /// <summary>Runs the Host with a command line to its end.</summary>
    public static async Task<HostResult> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await process.EndAsync();
    }

    /// <summary>
    /// The exit code of a script that was interrupted: <c>pwsh -File</c> tells it from one at its end by nothing,
    /// so that a test has to show
    /// by what the script didn't write that it was.
    /// </summary>
    public const int Interrupted = 0;

    /// <summary>What lets a child take SIGINT where this process was started to ignore it, as in the background of a shell.</summary>
    static readonly Lazy<bool> s_canResetSignals = new(() =>
    {
        if (!OperatingSystem.IsLinux()) return false;
        using var env = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "true"]) { RedirectStandardError = true })!;
        env.WaitForExit();
        return env.ExitCode == 0;
    });

    public int Id => _process.Id;

    /// <summary>What makes the script wait until it is killed, or <see cref="FinishAsync"/>.</summary>
    public const string Wait = "$null = [Console]::In.ReadLine()";

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Script)
        ?? throw new EndOfStreamException(await _process.StandardError.ReadToEndAsync());

    /// <summary>Gives the script a line, such as one that it waits for.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Lets the script go on to its end.</summary>
    /// <returns>The exit code, and all that was written.</returns>
    public async Task<(int ExitCode, string Text)> FinishAsync()
    {
        var result = await EndAsync();
        return (result.ExitCode, result.Output + result.Error);
    }

    /// <summary>Gives the process its whole input and waits for its end.</summary>
    public async Task<HostResult> EndAsync(string input = "")
    {
        await _process.StandardInput.WriteAsync(input);
        _process.StandardInput.Close();
        var texts = await Task.WhenAll(_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync())
            .WaitAsync(Patience.Script);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience.Script);
        return new(_process.ExitCode, texts[0].ReplaceLineEndings("\n"), texts[1].ReplaceLineEndings("\n"));
    }

    /// <summary>Ctrl+C, where there is a signal for it.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>Sends a signal, such as TERM.</summary>
    public void Signal(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        Assert.SkipWhen(name == "INT"
            && IgnoresInterrupt(), "SIGINT is ignored by the process that runs the tests, and env can't reset it.");
        using var kill = Process.Start("sh", ["-c", $"kill -{name} {Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end while its input stays open.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience.Script);
        return _process.ExitCode;
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

    /// <summary>Whether the process was started to ignore SIGINT; unknown, and taken for false, where there is no /proc.</summary>
    bool IgnoresInterrupt()
    {
        const string field = "SigIgn:";
        const long interrupt = 1 << (2 - 1);
        var status = $"/proc/{Id}/status";
        if (!File.Exists(status) || _process.HasExited) return false;
        var mask = File.ReadLines(status).First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..];
        return (long.Parse(mask, NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) & interrupt) != 0;
    }

    static Process Start(string[] arguments, string folder, IReadOnlyDictionary<string, string?>? variables)
    {
        string[] program = s_canResetSignals.Value ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(program[0], [.. program[1..], Program, "-NoProfile", "-NonInteractive", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("REDISML_CONNECTION");
        foreach (var (name, value) in variables ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}

/// <summary>What a process left, with line feeds as line ends.</summary>
public sealed record HostResult(int ExitCode, string Output, string Error);
