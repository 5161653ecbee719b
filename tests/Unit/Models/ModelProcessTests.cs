using RedisML.Connections;
using RedisML.Models;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Models;

/// <summary>What needs processes of its own: the exit code of a gate; and many that promote at once.</summary>
public sealed class ModelProcessTests(EmbeddedServerFixture embedded)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_promotions_over_four_connections_leave_one_chain()
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
            await models.PublishAsync("m", definition, [new("w", new Scalar(1.0))], Cancellation);

        await Task.WhenAll(Enumerable.Range(1, 4).Select(own => Task.Run(async () =>
        {
            await using var other = await RedisMLConnection.ConnectAsync(connection.Settings, Cancellation);
            for (int i = 1; i <= 250; i++)
                await new ModelStore(other).MoveAliasAsync("m", "champion", own, null, "test", $"{own}-{i}", Cancellation);
        })));

        var history = await models.HistoryAsync("m", Cancellation);
        Assert.Equal(Enumerable.Range(1, 1000), history.Select(move => (int)move.Number));
        foreach (var (before, move) in history.Zip(history.Skip(1))) Assert.Equal(before.Version, move.From);
        foreach (var own in history.GroupBy(move => move.Version))
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
        [$"127.0.0.1:{embedded.Port},password={embedded.Password}", connection.Prefix]);
}
