using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training;

/// <summary>The training cmdlet through the hosted engine: waiting, as a job, stopped, failed.</summary>
public sealed class TrainingCmdletTests : IDisposable
{
    readonly HostedEngine _engine = new();
    readonly TemporaryFolder _folder = new();

    public TrainingCmdletTests()
    {
        var rows = string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i % 17},{(char)('a' + i % 3)},{3 * (i % 17) + i % 3}\n"));
        Run($"Connect-RedisML -Embedded -Prefix {TestPrefix.New()}; Import-RedisTrainingData '{_folder.Write("line.csv", "x,c,y\n" + rows)}' -Label y");
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void With_Wait_it_returns_the_run_and_publishes_the_model()
    {
        dynamic run = Run("Start-RedisDistributedTraining line -Model m -Algorithm Linear -WorkerCount 2 -Wait").Single();
        Assert.Equal(("Completed", "m", 1L, 2, 3000L), ((string)run.State.ToString(), (string)run.Model, (long)run.ModelVersion, (int)run.Workers, (long)run.RowsUsed));
        Assert.InRange((double)run.Loss, 0, 1e-3);
    }

    [Fact]
    public void Rows_that_lie_one_by_one_train_the_same_model_as_chunks()
    {
        // More rows than are read together, and not a multiple of them.
        var rows = string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i % 17},{i % 23},{(i % 7 * i % 11 < 5 ? "yes" : "no")}\n"));
        var file = _folder.Write("many.csv", "x,z,y\n" + rows);
        dynamic result = Run($$"""
            $null = Import-RedisTrainingData '{{file}}' -Dataset chunks -Label y
            $null = Import-RedisTrainingData '{{file}}' -Dataset hashes -Label y -Layout Hash
            $runs = 'chunks', 'hashes' | ForEach-Object { Start-RedisDistributedTraining $_ -Model $_ -Algorithm Logistic -WorkerCount 2 -Tolerance 1e-12 -Wait }
            [pscustomobject]@{ Rows = $runs.RowsUsed; Loss = $runs.Loss }
            """).Single();
        Assert.Equal([5000L, 5000L], ((object[])result.Rows).Cast<long>());
        var losses = ((object[])result.Loss).Cast<double>().ToArray();
        Assert.Equal(losses[0], losses[1], 1e-9);
    }

    [Fact]
    public void Entries_of_a_stream_train_the_same_model_as_chunks()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        var file = _folder.Write("many.csv", "x,y\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i % 17},{i % 17 * 3 + i % 2}\n")));
        dynamic result = Run($$"""
            $connection = Connect-RedisML -HostName 127.0.0.1 -Port {{server.Port}}
            $runs = 'Columnar', 'Stream' | ForEach-Object {
                $null = Import-RedisTrainingData '{{file}}' -Dataset $_ -Label y -Layout $_ -Connection $connection
                Start-RedisDistributedTraining $_ -Model $_ -Algorithm Linear -WorkerCount 2 -Wait -Connection $connection
            }
            [pscustomobject]@{ Rows = $runs.RowsUsed; Loss = $runs.Loss }
            """).Single();
        Assert.Equal([5000L, 5000L], ((object[])result.Rows).Cast<long>());
        var losses = ((object[])result.Loss).Cast<double>().ToArray();
        Assert.Equal(losses[0], losses[1], 1e-9);
    }

    [Theory]
    [InlineData("-Label y -Feature x, v", "FeatureTypeUnsupported", "'v' is of type List(Int64)")]
    [InlineData("-Label y -Feature x, day", "FeatureTypeUnsupported", "'day' is of type Date32")]
    [InlineData("-Label day -Feature x", "LabelTypeUnsupported", "'day' is of type Date32")]
    [InlineData("-Label v -Feature x", "LabelTypeUnsupported", "'v' is of type List(Int64)")]
    public void Columns_of_types_that_no_model_takes_are_errors_that_name_them(string arguments, string errorId, string expected)
    {
        var file = _folder.Write("typed.jsonl", string.Concat(Enumerable.Range(0, 50).Select(i => $$"""{"x":{{i % 7}},"y":{{i}},"day":"2024-01-{{1 + i % 28:00}}","v":[1,2]}""" + "\n")));
        var result = _engine.Invoke($"$null = Import-RedisTrainingData '{file}' -Dataset typed; Start-RedisDistributedTraining typed -Model m -Algorithm Linear {arguments} -Wait");
        var error = Assert.Single(result.Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.Contains(expected, error.ToString());
    }

    [Fact]
    public void Without_it_is_a_job_with_a_child_a_worker_that_ends_by_itself()
    {
        dynamic result = Run("""
            $job = Start-RedisDistributedTraining line -Model m -Algorithm Linear -WorkerCount 3
            $null = $job | Wait-Job -Timeout 30
            [pscustomobject]@{ State = "$($job.State)"; Children = @($job.ChildJobs).Count; Run = $job | Receive-Job -Wait -AutoRemoveJob; Left = @(Get-Job).Count }
            """).Single();
        Assert.Equal(("Completed", 3, 0), ((string)result.State, (int)result.Children, (int)result.Left));
        Assert.Equal(1L, (long)result.Run.ModelVersion);
    }

    [Fact]
    public void A_failed_run_is_a_failed_job_whose_error_has_its_id()
    {
        var result = _engine.Invoke("$job = Start-RedisDistributedTraining line -Model m -Algorithm Logistic -WorkerCount 2; $null = $job | Wait-Job -Timeout 30; \"$($job.State)\"; $job | Receive-Job");
        Assert.Equal("Failed", result.Output[0].ToString());
        Assert.StartsWith("TooManyClasses", result.Errors.Single().FullyQualifiedErrorId);
    }

    [Fact]
    public void Penalties_weights_and_optimizers_reach_the_training()
    {
        dynamic result = Run("""
            $null = Split-RedisDataset line -TestFraction 0.3 -Seed 1
            $null = Start-RedisDistributedTraining line-train -Model m -Algorithm Logistic -Derive @{ big = 'y > 20' } -Label big -L1 2 -L2 0.5 -Seed 3 `
                -ClassWeight @{ true = 3 } -Optimizer Adam -Epoch 50 -BatchSize 300 -LearningRateSchedule Linear -Validation line-test -Patience 4 -Wait
            $null = Start-RedisDistributedTraining line-train -Model counts -Algorithm Poisson -Derive @{ w = 'x + 1' } -SampleWeight w -Wait
            $test = Test-RedisModel counts -Dataset line-test
            [pscustomobject]@{ Model = Get-RedisModel m; D2 = $test.D2; R2 = $test.R2 }
            """).Single();
        RedisML.Models.Model model = ((System.Management.Automation.PSObject)result.Model).BaseObject as RedisML.Models.Model ?? throw new InvalidOperationException();
        var options = model.Definition!.Options!.Value;
        Assert.Equal((2, 0.5, 3), (options.GetProperty("l1").GetDouble(), options.GetProperty("l2").GetDouble(), model.Definition.Lineage.Seed));
        Assert.InRange(model.Definition.Metrics["iterations"], 5, 50);
        Assert.Contains("validationLoss", model.Definition.Metrics.Keys);
        Assert.InRange((double)result.D2, 0.5, 1);
        Assert.InRange((double)result.R2, 0.5, 1);
    }

    [Fact]
    public void A_class_weight_that_is_none_is_an_error()
    {
        var result = _engine.Invoke("Start-RedisDistributedTraining line -Model m -Algorithm Logistic -ClassWeight 7 -Wait");
        Assert.StartsWith("WeightInvalid", result.Errors.Single().FullyQualifiedErrorId);
    }

    [Fact]
    public void Parameters_are_the_same_to_the_bit_for_one_worker_and_four()
    {
        var weights = Run("""
            1, 4, 1 | ForEach-Object {
                $null = Start-RedisDistributedTraining line -Model "m$_" -Algorithm Logistic -Derive @{ big = 'y > 20' } -Label big -WorkerCount $_ -Wait
                $p = Get-RedisModelParameter "m$_" weight
                ($p.Value | ForEach-Object { [BitConverter]::DoubleToInt64Bits($_) }) -join ','
            }
            """);
        Assert.Equal(3, weights.Count);
        Assert.Single(weights.Select(w => w.ToString()).Distinct());
    }

    IReadOnlyList<System.Management.Automation.PSObject> Run(string script) => _engine.Invoke(script).OutputWithoutErrors;
}
