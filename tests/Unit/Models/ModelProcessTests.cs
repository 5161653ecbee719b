using RedisML.Connections;
using RedisML.Models;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;

namespace RedisML.Unit.Models;

/// <summary>What needs processes of its own: the exit code of a gate; and many that promote at once.</summary>
public sealed class ModelProcessTests(EmbeddedServerFixture embedded)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Meanwhile readers find a whole version, whichever it is.</summary>
    [Fact]
    public async Task A_thousand_promotions_by_four_processes_leave_one_chain()
    {
        await using var connection = await embedded.ConnectAsync();
        var models = new ModelStore(connection);
        var definition = new ModelDefinition
        {
            Algorithm = "Linear",
            Task = ModelTask.Regression,
            Pipeline = new() { Features = [], Label = new("y", RedisML.Columns.ColumnType.Float64, null) },
            Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = DateTimeOffset.UnixEpoch },
        };
        for (int version = 1; version <= 4; version++)
            await models.PublishAsync("m", definition, [new("w", new Scalar((double)version))], Cancellation);
        await models.MoveAliasAsync("m", "champion", 1, null, "test", "first", Cancellation);

        NodeProcess[] processes = [.. Enumerable.Range(1, 4).Select(own =>
            new NodeProcess(Server, connection.Prefix, "promote", "m", "champion", $"{own}", "250"))];
        try
        {
            var promotions = Task.WhenAll(processes.Select(process => process.ResultAsync()));
            do
            {
                var model = await models.GetAsync(ModelReference.Parse("m@champion"), Cancellation);
                var parameters = await models.ReadParametersAsync(model, null, Cancellation);
                Assert.Equal((double)model.Version, Assert.IsType<Scalar>(parameters.Single(p => p.Key == "w").Value).Value);
            }
            while (!promotions.IsCompleted);
            Assert.All(await promotions, result => Assert.Equal("done", result));
        }
        finally
        {
            foreach (var process in processes) process.Dispose();
        }

        var history = await models.HistoryAsync("m", Cancellation);
        Assert.Equal(Enumerable.Range(1, 1001), history.Select(move => (int)move.Number));
        foreach (var (before, move) in history.Zip(history.Skip(1))) Assert.Equal(before.Version, move.From);
        foreach (var own in history.Skip(1).GroupBy(move => move.Version))
            Assert.Equal(Enumerable.Range(1, 250).Select(i => $"{own.Key}-{i}"), own.Select(move => move.Reason));
        Assert.Equal(history[^1].Version, (await models.GetAsync(ModelReference.Parse("m@champion"), Cancellation)).Version);
    }

    /// <summary>Which gates there are is told by the tests of the cmdlet.</summary>
    [Theory]
    [InlineData("-Minimum @{ R2 = 0.5 } -NotWorseThan m@1", 0)]
    [InlineData("-Minimum @{ R2 = 1.5 }", 1)]
    public async Task A_gate_ends_a_script(string gate, int exitCode)
    {
        await using var connection = await embedded.ConnectAsync();
        using var process = Start(connection, $$"""
            $null = 1..50 | ForEach-Object { [pscustomobject] @{ x = $_; y = 2 * $_ + [math]::Sin($_) } } | Import-RedisTrainingData -Dataset d -Label y
            $null = Start-RedisDistributedTraining d m -Algorithm Linear -L2 100 -Wait
            $null = Start-RedisDistributedTraining d m -Algorithm Linear -Wait
            $null = Test-RedisModel m@1 -Dataset d {{gate}}
            'went on'
            """);
        var end = await process.EndAsync();
        Assert.Equal(exitCode, end.ExitCode);
        Assert.Equal(exitCode == 0 ? "went on\n" : "", end.Output);
        if (exitCode != 0) Assert.Contains("isn't good enough on dataset 'd'", end.Error.ReplaceLineEndings(" ")
            .Replace("     | ", "", StringComparison.Ordinal));
    }

    HostProcess Start(RedisMLConnection connection, string script) => new(
        "param($Server, $Prefix)\n$WarningPreference = 'SilentlyContinue'\n$null = Connect-RedisML $Server -Prefix $Prefix\n" + script,
        [Server, connection.Prefix]);

    string Server => $"127.0.0.1:{embedded.Port},password={embedded.Password}";
}
