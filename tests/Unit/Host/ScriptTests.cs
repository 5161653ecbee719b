using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Host;

/// <summary>The Host is PowerShell: arguments, streams and exit codes are those of <c>pwsh</c>,
/// and pipes hold no escape sequences.</summary>
public sealed class ScriptTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_binds_arguments_by_name_and_as_switches_and_ends_with_its_code()
    {
        var script = _folder.Write("arguments.ps1", """
            param([string] $Name, [int] $Count, [switch] $Fast, [switch] $Slow)
            "$Name|$Count|$Fast|$Slow|$PSScriptRoot"
            exit 3
            """);
        var result = await HostProcess.RunAsync(script, "-Count", "3", "-Fast", "-Slow:false", "a b");
        Assert.Equal(new HostResult(3, $"a b|3|True|False|{_folder.Path}\n", ""), result);
    }

    [Fact]
    public async Task An_uncaught_error_ends_with_1_after_what_went_before()
    {
        var result = await HostProcess.RunAsync("-File", _folder.Write("throws.ps1", "'before'; throw 'the cause'; 'after'"));
        Assert.Equal((1, "before\n"), (result.ExitCode, result.Output));
        Assert.Contains("the cause", result.Error);
        Assert.Contains("throws.ps1:1", result.Error);
    }

    [Fact]
    public async Task A_command_whose_last_statement_fails_ends_with_1()
    {
        var result = await HostProcess.RunAsync("-Command", "'fine';", "Get-Item", "nothing");
        Assert.Equal((1, "fine\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task Standard_input_is_a_command_with_a_hyphen()
    {
        using var host = HostProcess.Start(["-Command", "-"]);
        Assert.Equal(new HostResult(5, "in a block\nnext\n", ""),
            await host.EndAsync("if ($true) { 'in a block' }\n'next'\nexit 5\n'never'\n"));
    }

    [Fact]
    public async Task Redirected_streams_hold_no_escape_sequences()
    {
        var script = _folder.Write("streams.ps1", """
            Write-Host 'to the host' -ForegroundColor Red
            Write-Progress 'the activity' 'the status'
            Write-Warning 'a warning'
            Write-Verbose 'a detail' -Verbose
            [pscustomobject] @{ Column = 1; Other = "`e[31mred`e[0m" }
            Get-Item $PSScriptRoot
            Write-Error 'an error'
            """);
        var result = await HostProcess.RunAsync(script);
        Assert.StartsWith("to the host\nWARNING: a warning\nVERBOSE: a detail\n\nColumn Other\n------ -----\n     1 red\n", result.Output);
        Assert.Contains("an error", result.Error);
        Assert.DoesNotContain('\e', result.Output + result.Error);
        Assert.DoesNotContain("activity", result.Output + result.Error);
    }

    [Fact]
    public async Task It_tells_nobody_what_it_runs()
    {
        var result = await HostProcess.RunAsync("-Command", "$env:POWERSHELL_TELEMETRY_OPTOUT, $env:POWERSHELL_UPDATECHECK");
        Assert.Equal(new HostResult(0, "1\nOff\n", ""), result);
    }

    [Fact]
    public async Task An_interrupt_stops_the_script_and_runs_its_finally()
    {
        using var host = new HostProcess("try { 'started'; while ($true) { } } finally { 'finally' | Out-Host }");
        Assert.Equal("started", await host.ReadLineAsync());
        host.Interrupt();
        Assert.Equal(new HostResult(HostProcess.Interrupted, "finally\n", ""), await host.EndAsync());
    }
}
