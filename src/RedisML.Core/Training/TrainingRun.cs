using System.ComponentModel;
using RedisML.Runs;

namespace RedisML.Training;

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

    public required RunState State { get; init; }

    /// <summary>The name of the algorithm.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The hash of the script that it trains by, which other nodes allow; null where there is none.</summary>
    public string? ScriptHash { get; init; }

    /// <summary>Iterations of the optimizer, or passes over the rows where it goes by batches; 0 before the first,
    /// and where the solution is exact.</summary>
    public int Step { get; init; }

    /// <summary>Of a training row, without the penalty: squared error, deviance of counts, or log loss.
    /// NaN before the first step.</summary>
    public double Loss { get; init; } = double.NaN;

    /// <summary>False where the optimizer ended without reaching the tolerance.</summary>
    public bool Converged { get; init; }

    /// <summary>Processes that take part.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Who takes part, each as <c>machine, process 4711</c>.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Runspaces that take part.</summary>
    public required int Workers { get; init; }

    /// <summary>Rows loaded so far, then the rows used.</summary>
    public long RowsUsed { get; init; }

    /// <summary>Rows left out because a value was missing.</summary>
    public long RowsDropped { get; init; }

    /// <summary>What to know of the fit once it has ended, a sentence or two each: rows left out, no minimum found.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public required DateTimeOffset Started { get; init; }

    [Browsable(false)]
    public TimeSpan Elapsed { get; init; }

    /// <summary>The seconds that it took.</summary>
    public double ElapsedSeconds => Elapsed.TotalSeconds;

    /// <summary>Rows loaded, later evaluated, a second.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>At most, going by the steps so far and the most that there may be; null where nothing is known yet,
    /// and after the end.</summary>
    [Browsable(false)]
    public TimeSpan? TimeLeft => State != RunState.Running || Step == 0 || Elapsed == default
        ? null : Elapsed * ((double)Math.Max(0, MaxStep - Step) / Step);

    /// <summary>The same in seconds.</summary>
    public double? TimeLeftSeconds => TimeLeft?.TotalSeconds;

    /// <summary>The most steps that there may be.</summary>
    public int MaxStep { get; init; }

    /// <summary>The step of the last checkpoint, of all steps taken, line searches included; 0 before the first.</summary>
    public long CheckpointStep { get; init; }

    /// <summary>Why it paused, stopped or failed, or who was the last to come or go.</summary>
    public string Reason { get; init; } = "";

    internal static TrainingRun Of(RunStatus run)
    {
        var work = TrainingWork.Of(run.Specification);
        var dataset = run.Specification.Datasets[0];
        return new()
        {
            Id = run.Id,
            Model = work.Model,
            ModelVersion = run.Published,
            Dataset = dataset.Name,
            DatasetVersion = dataset.Version,
            Algorithm = work.Training.Algorithm,
            ScriptHash = work.Training.Script?.Hash,
            State = run.State,
            Step = run.Outcome?.Iterations ?? run.Progress.Iteration,
            MaxStep = work.Training.MaxIteration,
            Loss = run.Outcome?.Loss ?? run.Progress.Loss,
            Converged = run.Outcome?.Converged ?? false,
            Nodes = run.Nodes,
            Members = run.Members,
            Workers = run.Workers,
            RowsUsed = run.Outcome?.RowsUsed ?? run.Progress.Rows,
            RowsDropped = run.Outcome?.RowsDropped ?? run.Progress.RowsDropped,
            Warnings = run.Outcome?.Warnings ?? [],
            RowsPerSecond = run.Progress.RowsPerSecond,
            CheckpointStep = run.CheckpointStep,
            Reason = run.Reason,
            Started = run.Specification.Started,
            Elapsed = run.Elapsed,
        };
    }
}
