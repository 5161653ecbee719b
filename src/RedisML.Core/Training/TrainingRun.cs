using RedisML.Models;

namespace RedisML.Training;

/// <summary>Where a training run stands.</summary>
public enum TrainingState
{
    Running,
    Completed,
    Failed,
    Stopped,
}

/// <summary>A training run as it stood at one moment.</summary>
public sealed record TrainingRun
{
    public required string Id { get; init; }

    /// <summary>The model that it publishes.</summary>
    public required string Model { get; init; }

    /// <summary>The version that it has published; null before.</summary>
    public long? ModelVersion { get; init; }

    public required string Dataset { get; init; }

    public required long DatasetVersion { get; init; }

    public required TrainingState State { get; init; }

    public required Algorithm Algorithm { get; init; }

    /// <summary>Iterations of the optimizer; 0 before the first, and where the solution is exact.</summary>
    public int Step { get; init; }

    /// <summary>Of a training row, without the penalty: squared error for Linear, else log loss. NaN before the first step.</summary>
    public double Loss { get; init; } = double.NaN;

    /// <summary>False where the optimizer ended without reaching the tolerance.</summary>
    public bool Converged { get; init; }

    /// <summary>Processes that take part.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Runspaces that take part.</summary>
    public required int Workers { get; init; }

    /// <summary>Rows loaded so far, then the rows used.</summary>
    public long RowsUsed { get; init; }

    /// <summary>Rows left out because a value was missing.</summary>
    public long RowsDropped { get; init; }

    public required DateTimeOffset Started { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>Rows loaded, later evaluated, a second.</summary>
    public double RowsPerSecond { get; init; }
}
