using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace RedisML.Pester.Runner;

/// <summary>A Host that runs test files, one after the other, with the Pester of this build.</summary>
sealed class PesterProcess : IDisposable
{
    /// <summary>A file whose tests take longer hangs. The slowest takes a minute on a busy machine.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);
    static readonly Encoding s_utf8 = new UTF8Encoding(false);

    readonly Process _process;

    /// <param name="discover">True to find tests, which then don't run.</param>
    public PesterProcess(bool discover)
    {
        string[] arguments =
            [Built("Host"), "-NoProfile", "-NonInteractive", "-File", Path.Combine(Suite, "Runner", "run.ps1"), Built("Pester")];
        var start = new ProcessStartInfo("dotnet", discover ? [.. arguments, "-Discover"] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = s_utf8,
            StandardOutputEncoding = s_utf8,
        };
        start.Environment["ORT_DISABLE_TELEMETRY"] = start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        // Code that counts its own branches costs a short run a fifth of its time.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment.Remove("REDISML_CONNECTION");
        _process = Process.Start(start)!;
    }

    /// <summary>The folder of the test files.</summary>
    public static string Suite { get; } = Built("Suite");

    /// <summary>Runs a test file.</summary>
    /// <returns>The result of each of its tests; at least one.</returns>
    /// <exception cref="InvalidOperationException">The process ended, or the file takes too long.</exception>
    public async Task<TestResult[]> RunAsync(string file, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_patience);
        var output = new StringBuilder();
        try
        {
            await _process.StandardInput.WriteLineAsync(file.AsMemory(), patience.Token);
            await _process.StandardInput.FlushAsync(patience.Token);
            while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                // A record separator stands before what the script answers; all else is what tests wrote.
                if (line.StartsWith('\u001e')) return JsonSerializer.Deserialize<TestResult[]>(line.AsSpan(1), s_json)!;
                output.AppendLine(line);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new InvalidOperationException($"No end after {s_patience}.{Environment.NewLine}{output}");
        }
        catch (IOException)
        {
            // It ended before it read the line.
        }
        throw new InvalidOperationException($"The process that ran the tests ended.{Environment.NewLine}{output}");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
    }

    /// <summary>A path that the build knows.</summary>
    static string Built(string key) => Path.GetFullPath(
        typeof(PesterProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value!);
}
