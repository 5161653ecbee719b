using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training;

/// <summary>Training code of the user's through the hosted engine.</summary>
public sealed class ScriptTrainingTests : IDisposable
{
    /// <summary>A softmax in a script, with the numbers that the built-in one has.</summary>
    const string Softmax = """
        $softmax = {
            param($Batch, $Parameter, $Context)
            $rows = $Batch.Rows; $classes = $Batch.Classes.Count
            $scores = $Batch.Features.Multiply($Parameter.weight, $Parameter.intercept)
            $loss = 0.0
            for ($r = 0; $r -lt $rows; $r++) {
                $largest = [double]::NegativeInfinity
                for ($k = $r; $k -lt $scores.Length; $k += $rows) { if ($scores[$k] -gt $largest) { $largest = $scores[$k] } }
                $own = [int]$Batch.Label[$r] * $rows + $r
                $ownScore = $scores[$own]; $total = 0.0
                for ($k = $r; $k -lt $scores.Length; $k += $rows) { $scores[$k] = [math]::Exp($scores[$k] - $largest); $total += $scores[$k] }
                for ($k = $r; $k -lt $scores.Length; $k += $rows) { $scores[$k] /= $total }
                $scores[$own] -= 1
                $loss += [math]::Log($total) + $largest - $ownScore
            }
            @{ Loss = $loss; weight = $Batch.Features.TransposeMultiply($scores); intercept = $Batch.Features.SumRows($scores) }
        }
        """;

    readonly HostedEngine _engine = new();
    readonly TemporaryFolder _folder = new();

    public ScriptTrainingTests()
    {
        var rows = string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i % 17},{(char)('a' + i % 3)},{3 * (i % 17) + i % 3}\n"));
        Run($"Connect-RedisML -Embedded -Prefix {TestPrefix.New()}; Import-RedisTrainingData " +
            $"'{_folder.Write("line.csv", "x,c,y\n" + rows)}' -Label y");
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_softmax_in_a_script_reaches_the_built_in_result_on_digits()
    {
        dynamic result = Run(Softmax + $$"""

            $null = Import-RedisTrainingData '{{SharedData.Path("digits.csv")}}' -Dataset digits -Label target
            $null = Split-RedisDataset digits -TestFraction 0.2 -Seed 42
            $common = @{ Dataset = 'digits-train'; Algorithm = 'Softmax'; Wait = $true; WorkerCount = 2; Tolerance = 1e-6 }
            $builtIn = Start-RedisDistributedTraining @common -Model builtin
            $script = Start-RedisDistributedTraining @common -Model script -ScriptBlock $softmax
            [pscustomobject]@{ BuiltIn = $builtIn.Loss; Script = $script.Loss; Accuracy = (Test-RedisModel script digits-test).Accuracy; Expected = (Test-RedisModel builtin digits-test).Accuracy }
            """).Single();
        Assert.Equal((double)result.BuiltIn, (double)result.Script, 1e-4);
        Assert.Equal((double)result.Expected, (double)result.Accuracy, 0.01);
    }

    [Fact]
    public void A_model_of_its_own_has_the_parameters_it_started_with_and_any_shape()
    {
        dynamic result = Run("""
            $line = {
                param($Batch, $Parameter, $Context)
                $x = $Batch['x']; $slope = 0.0; $offset = 0.0; $loss = 0.0
                for ($r = 0; $r -lt $Batch.Rows; $r++) {
                    $error_ = $Parameter.slope[0] * $x[$r] + $Parameter.offset - $Batch.Label[$r]
                    $slope += $error_ * $x[$r]; $offset += $error_; $loss += $error_ * $error_ / 2
                }
                $Context.WriteMetric('half', $loss / 2)
                @{ Loss = $loss; slope = @($slope); offset = $offset }
            }
            $run = Start-RedisDistributedTraining line -Model own -Feature x, c -ScriptBlock $line -InitialParameter @{ slope = @(0.5); offset = 0 } -WorkerCount 3 -Wait
            [pscustomobject]@{ Slope = (Get-RedisModelParameter own slope).Value[0]; Offset = (Get-RedisModelParameter own offset).Value; Run = $run; Model = Get-RedisModel own }
            """).Single();
        Assert.Equal(3, (double)result.Slope, 0.05);
        Assert.Equal(1, (double)result.Offset, 0.2);
        Assert.Equal("Custom", result.Run.Algorithm.ToString());
        var test = _engine.Invoke("Test-RedisModel own line");
        Assert.StartsWith("ModelNotPredictable", test.Errors.Single().FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("Sgd")]
    [InlineData("Adam")]
    public void Gradients_of_a_script_drive_any_optimizer_and_are_the_same_for_any_number_of_workers(string optimizer)
    {
        var bits = Run($$"""
            $linear = {
                param($Batch, $Parameter)
                $errors = $Batch.Features.Multiply($Parameter.weight, $Parameter.intercept)
                for ($r = 0; $r -lt $Batch.Rows; $r++) { $errors[$r] -= $Batch.Label[$r] }
                @{ weight = $Batch.Features.TransposeMultiply($errors); intercept = $Batch.Features.SumRows($errors); Loss = 0 }
            }
            1, 4 | ForEach-Object {
                $null = Start-RedisDistributedTraining line -Model "w$_" -Algorithm Linear -ScriptBlock $linear -Optimizer {{optimizer}} -Epoch 5 -BatchSize 600 -WorkerCount $_ -Wait
                ((Get-RedisModelParameter "w$_" weight).Value | ForEach-Object { [BitConverter]::DoubleToInt64Bits($_) }) -join ','
            }
            """);
        Assert.Equal(2, bits.Count);
        Assert.Single(bits.Select(b => b.ToString()).Distinct());
    }

    [Fact]
    public void Averaged_parameters_weigh_batches_by_their_rows()
    {
        dynamic result = Run("""
            $mean = { param($Batch, $Parameter) $sum = 0.0; foreach ($y in $Batch.Label) { $sum += $y }; @{ mean = $sum / $Batch.Rows } }
            $null = Start-RedisDistributedTraining line -Model average -ScriptBlock $mean -Reduce Average -InitialParameter @{ mean = 0 } -Epoch 1 -WorkerCount 2 -Wait
            [pscustomobject]@{ Mean = (Get-RedisModelParameter average mean).Value }
            """).Single();
        Assert.Equal(Enumerable.Range(0, 3000).Average(i => 3 * (i % 17) + i % 3), (double)result.Mean, 1e-9);
    }

    [Fact]
    public void Streams_and_using_variables_and_functions_work_as_in_a_parallel_loop()
    {
        dynamic result = Run("""
            $factor = 2; $table = @{ name = 'x' }
            $script = {
                param($Batch, $Parameter, $Context)
                function Get-Double($value) { $value * $using:factor }
                # The engine alone has no Write-Verbose.
                function Write-All {
                    [CmdletBinding()] param($Verbosely, $Warning, $Wrong)
                    $PSCmdlet.WriteVerbose($Verbosely); $PSCmdlet.WriteWarning($Warning)
                    $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([Exception]::new($Wrong), 'Wrong', 'NotSpecified', $null))
                }
                if ($Context.Epoch -eq 0) {
                    Write-All "worker $($Context.Worker)" "table $($using:table.name)" 'no harm' -Verbose
                    "output $(Get-Double 21)"
                }
                & { $null = $using:factor }
                @{ p = $Parameter.p }
            }
            $job = Start-RedisDistributedTraining line -Model streams -ScriptBlock $script -Reduce Average -InitialParameter @{ p = 1 } -Epoch 2 -WorkerCount 1
            $null = $job | Wait-Job -Timeout 120
            $child = $job.ChildJobs[0]
            [pscustomobject]@{
                State = "$($job.State)"; Verbose = "$($child.Verbose[0])"; Warning = "$($child.Warning[0])"; Error = "$($child.Error[0])"; Output = "$($child.Output[0])"
            }
            """).Single();
        Assert.Equal(("Completed", "worker 0", "table x", "no harm", "output 42"),
            ((string)result.State, (string)result.Verbose, (string)result.Warning, (string)result.Error, (string)result.Output));
    }

    [Theory]
    [InlineData("throw 'on purpose'", "ScriptFailed", "on purpose")]
    [InlineData("Get-Item nowhere -ErrorAction Stop", "ScriptFailed", "line 2")]
    [InlineData("@{ p = 1 }", "ScriptResultInvalid", "Loss")]
    [InlineData("@{ Loss = 1 }", "ScriptResultInvalid", "'p'")]
    [InlineData("@{ Loss = 1; p = 1, 2 }", "ScriptResultInvalid", "2 numbers")]
    [InlineData("@{ Loss = [double]::NaN; p = 1 }", "LossNotFinite", "step")]
    public void An_error_in_a_script_fails_the_run_and_says_where(string body, string errorId, string expected)
    {
        var result = _engine.Invoke($$"""
            $job = Start-RedisDistributedTraining line -Model bad -InitialParameter @{ p = 1 } -WorkerCount 2 -ScriptBlock {
                {{body}}
            }
            $null = $job | Wait-Job -Timeout 120; "$($job.State)"; $job | Receive-Job
            """);
        Assert.Equal("Failed", result.Output[0].ToString());
        Assert.StartsWith(errorId, result.Errors.Single().FullyQualifiedErrorId);
        Assert.Contains(expected, result.Errors.Single().ToString());
        if (errorId == "ScriptFailed") Assert.Contains("worker ", result.Errors.Single().ToString());
    }

    [Fact]
    public void A_script_that_never_returns_is_stopped()
    {
        dynamic result = Run("""
            $job = Start-RedisDistributedTraining line -Model endless -InitialParameter @{ p = 1 } -WorkerCount 2 -ScriptBlock { param($b, $p, $c) $c.WriteProgress('in'); while ($true) { } }
            $deadline = [datetime]::Now.AddSeconds(30)
            while (@($job.ChildJobs | Where-Object { $_.Progress.Count -gt 0 }).Count -eq 0 -and [datetime]::Now -lt $deadline) { [System.Threading.Thread]::Sleep(20) }
            $job | Stop-Job
            [pscustomobject]@{ State = "$($job.State)"; Children = @($job.ChildJobs | ForEach-Object { "$($_.State)" } | Where-Object { $_ -ne 'Stopped' }).Count }
            """).Single();
        Assert.Equal(("Stopped", 0), ((string)result.State, (int)result.Children));
    }

    IReadOnlyList<System.Management.Automation.PSObject> Run(string script) => _engine.Invoke(script).OutputWithoutErrors;
}
