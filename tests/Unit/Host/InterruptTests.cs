using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Host;

/// <summary>After Ctrl+C a line says how the work goes on.</summary>
public sealed class InterruptTests
{
    [Fact]
    public async Task A_training_that_is_stopped_says_how_to_resume_it()
    {
        // The solver's line in the verbose stream tells that the run is under way.
        using var host = new HostProcess("""
            $null = Connect-RedisML -Embedded
            1..60 | ForEach-Object { [pscustomobject]@{ x = $_; y = 3 * $_ } } | Import-RedisTrainingData -Dataset line -Label y | Out-Null
            Start-RedisDistributedTraining line m -Algorithm Network -Optimizer Adam -Epoch 10000000 -WorkerCount 1 -Wait -Verbose 4>&1
            """);
        string? line;
        do line = await host.ReadLineAsync();
        while (line is not null && !line.Contains("Solver", StringComparison.Ordinal));
        Assert.NotNull(line);
        host.Interrupt();
        var result = await host.EndAsync();
        Assert.Matches("Resume-RedisDistributedTraining [0-9a-f]+ goes on", result.Output + result.Error);
    }
}
