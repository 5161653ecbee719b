using System.Text.Json.Serialization;
using static RedisML.Errors.Decoding;

namespace RedisML.Runs;

/// <summary>How many nodes a run has, and how long it waits for them.</summary>
public sealed record NodeOptions
{
    /// <summary>The run starts when so many nodes are there.</summary>
    public int NodeCount { get; init; } = 1;

    /// <summary>With fewer the run pauses.</summary>
    public int MinNode { get; init; } = 1;

    /// <summary>The most nodes that are let in. With 0 a run that starts with one stays alone,
    /// and one that starts with several lets in all.</summary>
    public int MaxNode { get; init; }

    /// <summary>How long the run waits for nodes that it lacks, and a node to be let in; seconds.</summary>
    public double JoinTimeout { get; init; } = 300;

    /// <summary>After how long without a sign of life a node is taken for dead; seconds.</summary>
    public double NodeTimeout { get; init; } = 10;

    /// <summary>How long a node keeps trying to reach Redis; seconds.</summary>
    public double OutageTimeout { get; init; } = 120;

    /// <summary>A checkpoint is made this often; seconds.</summary>
    public double CheckpointInterval { get; init; } = 30;

    /// <summary>A checkpoint is made after so many steps too; with 0 by time alone.</summary>
    public int CheckpointStep { get; init; }

    /// <summary>How many checkpoints are kept.</summary>
    public int KeepCheckpoint { get; init; } = 2;

    /// <summary>The most nodes that may take part at once.</summary>
    [JsonIgnore]
    public int Limit => MaxNode > 0 ? MaxNode : NodeCount == 1 ? 1 : int.MaxValue;

    /// <summary>Longer times than this are none.</summary>
    const double MostSeconds = 1e9;

    /// <exception cref="InvalidDataException">They can't be.</exception>
    internal void Check()
    {
        Demand(NodeCount >= 1 && MinNode >= 1 && MaxNode >= 0 && CheckpointStep >= 0
            && KeepCheckpoint >= 1, "its numbers of nodes or checkpoints can't be");
        foreach (double time in new[] { JoinTimeout, NodeTimeout, OutageTimeout, CheckpointInterval })
            Demand(time is >= 0 and <= MostSeconds, $"a time of {time} seconds can't be");
        Demand(NodeTimeout > 0, "its node timeout is 0");
    }
}
