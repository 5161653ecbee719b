using System.Globalization;
using RedisML.Connections;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>A node in a process of its own, which can be killed and stopped.</summary>
sealed class NodeProcess : IDisposable
{
    readonly HostProcess _process;

    NodeProcess(HostProcess process) => _process = process;

    /// <summary>A softmax over 80,000 rows that takes some hundred steps of several milliseconds.</summary>
    public const string Training =
        "points m -Algorithm Softmax -Label k -Derive @{ ab = 'a * b'; bc = 'b * c'; ac = 'a * c'; l = 'floor(b)' } " +
        "-Feature a, b, c, y, ab, bc, ac, l -Category k, l -Missing Mean -Tolerance 0 -MaxIteration 120 -WorkerCount 1";

    public const string Options = "-MaxNode 8 -NodeTimeout 1 -JoinTimeout 60 -CheckpointInterval 0.2";

    public int Id => _process.Id;

    public static NodeProcess Start(RedisMLConnection connection, string command)
    {
        var script = $$"""
            $null = Connect-RedisML '{{connection.Endpoint}}' -Prefix {{connection.Prefix}}
            try { $run = {{command}} -Wait -WarningAction Ignore; "$($run.State) $($run.Loss.ToString('R', [cultureinfo]::InvariantCulture)) $($run.Nodes)" }
            catch { "$($_.FullyQualifiedErrorId.Split(',')[0]): $_" }
            """;
        return new(new HostProcess(script));
    }

    /// <summary>The last line that it wrote: the state and the loss, or the id of the error and its message.</summary>
    public async Task<string> ResultAsync() => await _process.ReadLineAsync();

    public async Task<double> LossAsync()
    {
        var line = await ResultAsync();
        Assert.StartsWith("Completed ", line);
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    public void Kill() => _process.Kill();

    /// <summary>Sends a signal, such as STOP.</summary>
    public void Signal(string name)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{name}", $"{Id}"]);
        kill.WaitForExit();
    }

    public void Dispose() => _process.Dispose();
}
