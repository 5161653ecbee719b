using System.Diagnostics;
using Microsoft.PowerShell.Telemetry;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Formats.Onnx;

namespace RedisML.Unit.Host;

/// <summary>Tests and the gate tell nobody what they run.</summary>
public sealed class TelemetryTests : IDisposable
{
    readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void ONNX_Runtime_writes_nothing_that_it_would_send()
    {
        OnnxRun.Load();
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var folder = Path.Combine(home, ".cache", "Microsoft", "DeveloperTools", ".onnxruntime");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has a service for it instead of files.");
        // They may be there from before, of another program.
        var start = Process.GetCurrentProcess().StartTime;
        var written = !Directory.Exists(folder) ? [] : Directory.GetFiles(folder).Where(file => File.GetLastWriteTime(file) >= start);
        Assert.Empty(written);
    }

    [Fact]
    public async Task The_extension_for_ONNX_keeps_the_library_from_writing_what_it_would_send()
    {
        var model = _home.Path + "/m.onnx";
        File.WriteAllBytes(model, OnnxFiles.Layer(null, 1, [2], [1], "x", "y"));
        using var host = new HostProcess("""
            param($model)
            Import-Module RedisML
            $null = Connect-RedisML -Embedded
            $null = Import-RedisModel $model m
            ([pscustomobject]@{ x = 3 } | Invoke-RedisPrediction m).Prediction
            """, [model], new Dictionary<string, string?>
        {
            ["HOME"] = _home.Path,
            ["XDG_CACHE_HOME"] = null,
            ["ORT_DISABLE_TELEMETRY"] = null,
            ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
        });
        Assert.Equal(new HostResult(0, "7\n", ""), await host.EndAsync());
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_home.Path, "*", SearchOption.AllDirectories), path =>
            path.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase) || path.Contains("DeveloperTools", StringComparison.Ordinal));
    }

    [Fact]
    public void PowerShell_in_this_process_may_not_send() => Assert.False(ApplicationInsightsTelemetry.CanSendTelemetry);

    [Fact]
    public async Task PowerShell_in_the_Host_may_not_send_and_gives_its_user_no_number()
    {
        using var host = new HostProcess("""
            Import-Module RedisML
            [Microsoft.PowerShell.Telemetry.ApplicationInsightsTelemetry]::CanSendTelemetry
            """, variables: new Dictionary<string, string?>
        {
            ["HOME"] = _home.Path,
            ["XDG_CACHE_HOME"] = null,
            ["POWERSHELL_TELEMETRY_OPTOUT"] = null,
        });
        Assert.Equal(new HostResult(0, "False\n", ""), await host.EndAsync());
        Assert.Empty(Directory.GetFiles(_home.Path, "telemetry.uuid", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Processes_of_tests_and_the_gate_have_the_variables()
    {
        var result = await HostProcess.RunAsync("-Command", "gci env: | ? Name -Match 'TELEMETRY' | % { \"$($_.Name)=$($_.Value)\" }");
        var gate = File.ReadAllLines(Path.Combine(HostedEngine.ProjectRoot, ".ci", "run"))
            .Single(line => line.StartsWith("export ", StringComparison.Ordinal));
        Assert.All(Telemetry.Variables, variable =>
        {
            Assert.Contains($"{variable}=1\n", result.Output);
            Assert.Contains($" {variable}=1", gate);
        });
    }
}
