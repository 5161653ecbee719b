using System.Diagnostics;
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
            Start-RedisDistributedTraining line m -Algorithm Linear -Optimizer Adam -Epoch 10000000 -WorkerCount 1 -Wait -Verbose 4>&1
            """);
        string? line;
        do line = await host.ReadLineAsync();
        while (line is not null && !line.Contains("Solver", StringComparison.Ordinal));
        Assert.NotNull(line);
        host.Interrupt();
        var result = await host.EndAsync();
        Assert.Matches("Resume-RedisDistributedTraining [0-9a-f]+ goes on", result.Output + result.Error);
    }

    [Fact]
    public async Task What_watches_trainings_is_stopped_and_not_they()
    {
        using var host = new HostProcess("""
            $null = Connect-RedisML -Embedded
            $jobs = 'a', 'b' | ForEach-Object {
                1..60 | ForEach-Object { @{ x = $_; y = 3 * $_ } } | Add-RedisTrainingSample -List $_
                Start-RedisOnlineTraining $_ -List $_ -Algorithm Linear -Label y -MetricInterval 50
            }
            try { Show-RedisTrainingMetric a, b -Watch } finally { "ended: $($jobs.State)" | Out-Host }
            """);
        for (int lines = 0; lines < 2; lines++) Assert.Contains("step 50", await host.ReadLineAsync(), StringComparison.Ordinal);
        host.Interrupt();
        var start = Stopwatch.GetTimestamp();
        Assert.Equal("ended: Running Running", await host.ReadLineAsync());
        // Within a second on a machine that has one to spare.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
    }

    [Theory]
    [InlineData("Start-RedisOnlineTraining m -List samples -Algorithm Linear -Label y -MetricInterval 20")]
    [InlineData("Start-RedisDistributedTraining line m -Algorithm Linear -Optimizer Adam -Epoch 10000000 -WorkerCount 1")]
    public async Task In_a_terminal_the_prompt_comes_back_from_what_is_watched(string training)
    {
        using var terminal = new TerminalProcess($$"""
            $null = Connect-RedisML -Embedded
            $rows = 1..60 | ForEach-Object { [pscustomobject]@{ x = $_; y = 3 * $_ } }
            $rows | Add-RedisTrainingSample -List samples
            $rows | Import-RedisTrainingData -Dataset line -Label y | Out-Null
            $job = {{training}}
            Show-RedisTrainingMetric ($job.Run.Id ?? 'm') -Watch
            """);
        await terminal.ShowsAsync("└"); // The corner of the axes.
        terminal.Interrupt();
        var start = Stopwatch.GetTimestamp();
        await terminal.ShowsAsync("PS ");
        // Within a second on a machine that has one to spare.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
    }
}
