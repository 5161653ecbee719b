using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Host;

/// <summary>Scripts and commands in the Host: arguments, streams and exit codes are those of <c>pwsh</c>.</summary>
public sealed class ScriptTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Arguments_bind_by_name_by_position_and_as_switches()
    {
        var script = _folder.Write("arguments.ps1", """
            param([string] $Name, [int] $Count, [switch] $Fast, [switch] $Slow, [Parameter(ValueFromRemainingArguments)] $Rest)
            "$Name|$Count|$Fast|$Slow|$($Rest -join '+')|$($PSScriptRoot)"
            """);
        var result = await HostProcess.RunAsync(script, "-Count", "3", "-Fast", "-Slow:false", "-Name:", "a b", "c:d", "e");
        Assert.Equal($"a b|3|True|False|c:d+e|{_folder.Path}\n", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task A_script_without_parameters_has_args()
    {
        var script = _folder.Write("args.ps1", "\"$($args.Count): $args\"; exit 3");
        var result = await HostProcess.RunAsync("-File", script, "one", "-two", "3");
        Assert.Equal(("3: one -two 3\n", 3), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task Streams_go_where_they_belong_and_redirected_ones_hold_no_escape_sequences()
    {
        var script = _folder.Write("streams.ps1", """
            function Write-All {
                [CmdletBinding()] param()
                $progress = [System.Management.Automation.ProgressRecord]::new(1, 'the activity', 'the status')
                $PSCmdlet.WriteProgress($progress)
                $PSCmdlet.WriteWarning('a warning')
                $PSCmdlet.WriteVerbose('a detail')
                $PSCmdlet.WriteInformation('a note', @())
                $PSCmdlet.WriteDebug('a trace')
                $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([Exception]::new('an error'), 'Id', 0, $null))
                [pscustomobject] @{ Column = 1; Other = "`e[31mred`e[0m" }
            }
            Write-Host 'to the host' -ForegroundColor Red
            $DebugPreference = 'Continue'
            Write-All -Verbose -InformationAction Continue
            """);
        var result = await HostProcess.RunAsync(script);
        Assert.Equal("""
            to the host
            WARNING: a warning
            VERBOSE: a detail
            a note
            DEBUG: a trace

            Column Other
            ------ -----
                 1 red


            """.ReplaceLineEndings("\n"), result.Output);
        Assert.Contains("an error", result.Error);
        Assert.DoesNotContain("activity", result.Output + result.Error);
        Assert.DoesNotContain('\e', result.Output + result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task An_uncaught_error_ends_with_1_after_what_went_before()
    {
        var script = _folder.Write("throws.ps1", "'before'; throw 'the cause'; 'after'");
        var result = await HostProcess.RunAsync(script);
        Assert.Equal(("before\n", 1), (result.Output, result.ExitCode));
        Assert.Contains("the cause", result.Error);
        Assert.Contains("throws.ps1:1", result.Error);
    }

    [Fact]
    public async Task A_command_whose_last_statement_fails_ends_with_1()
    {
        var result = await HostProcess.RunAsync("-Command", "'fine';", "Get-Module", "nothing", "-ErrorAction", "Bogus");
        Assert.Equal(("fine\n", 1), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task A_script_that_is_missing_is_one_line_and_64()
    {
        var result = await HostProcess.RunAsync("missing.ps1");
        Assert.Equal((64, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("There is no script 'missing.ps1'", Assert.Single(result.Error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task Redirected_input_is_run_statement_by_statement()
    {
        using var host = HostProcess.Start([]);
        var result = await host.EndAsync("if ($true) {\n'in a block'\n}\nthrow 'goes on'\n'next'\nexit 5\n'never'\n");
        Assert.Equal(("in a block\nnext\n", 5), (result.Output, result.ExitCode));
        Assert.Contains("goes on", result.Error);
    }

    [Fact]
    public async Task An_interrupt_stops_the_script_runs_its_finally_and_ends_with_130()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        var started = Path.Combine(_folder.Path, "started");
        var script = _folder.Write("endless.ps1", $"try {{ [IO.File]::WriteAllText('{started}', ''); while ($true) {{ }} }} finally {{ 'finally' | Out-Host }}");
        using var host = HostProcess.Start([script]);
        while (!File.Exists(started)) await Task.Delay(20, TestContext.Current.CancellationToken);
        System.Diagnostics.Process.Start("sh", ["-c", $"kill -INT {host.Id}"]).Dispose();
        var result = await host.EndAsync();
        Assert.Equal((130, ""), (result.ExitCode, result.Error));
        Assert.Equal("finally\n", result.Output);
    }
}
