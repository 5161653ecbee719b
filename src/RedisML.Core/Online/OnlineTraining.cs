namespace RedisML.Online;

/// <summary>Where an online training stands.</summary>
public enum OnlineTrainingState
{
    /// <summary>A process learns, or waits for samples.</summary>
    Running,

    /// <summary>No process does; it can be gone on with.</summary>
    Stopped,
}

/// <summary>An online training as it stood at one moment.</summary>
public sealed record OnlineTraining
{
    /// <summary>By which its metrics are found.</summary>
    public required string Id { get; init; }

    public required string Model { get; init; }

    public required OnlineTrainingState State { get; init; }

    public required string Algorithm { get; init; }

    public required SampleSourceKind SourceKind { get; init; }

    /// <summary>The name of the list or stream.</summary>
    public required string Source { get; init; }

    /// <summary>What it learns, and how.</summary>
    public required OnlineSpecification Specification { get; init; }

    /// <summary>How far it is.</summary>
    public required OnlineFigures Figures { get; init; }

    /// <summary>Samples learned.</summary>
    public long Samples => Figures.Samples;

    /// <summary>Samples put aside.</summary>
    public long Rejected => Figures.Rejected;

    /// <summary>Mean loss of predictions, each made before its sample was learned.</summary>
    public double? Loss => Figures.Loss;

    /// <summary>Share of right predictions, likewise; null for numbers.</summary>
    public double? Accuracy => Figures.Accuracy;

    /// <summary>How often the error was found to grow.</summary>
    public long Drifts => Figures.Drifts;

    /// <summary>Samples that wait in the list; null for a stream, which keeps them.</summary>
    public long? Waiting { get; init; }

    /// <summary>The process that trains; null for none.</summary>
    public TrainerStatus? Trainer { get; init; }

    public override string ToString() => Model;
}
