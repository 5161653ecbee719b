namespace RedisML.Runs;

/// <summary>A run as it stood at one moment, whatever it does.</summary>
public sealed record RunStatus
{
    internal RunStatus(RunSpecification specification) => Specification = specification;

    internal RunSpecification Specification { get; }

    public string Id => Specification.Id;

    /// <summary>What it does, such as <c>training</c>.</summary>
    public string Kind => Specification.Kind;

    public required RunState State { get; init; }

    /// <summary>What it came to; null before it has completed.</summary>
    public RunOutcome? Outcome { get; init; }

    public required RunProgress Progress { get; init; }

    /// <summary>Processes that take part.</summary>
    public required int Nodes { get; init; }

    /// <summary>Who takes part, each as <c>machine, process 4711</c>.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Threads, or runspaces, that take part.</summary>
    public required int Workers { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>The step of the last checkpoint; 0 before the first.</summary>
    public long CheckpointStep { get; init; }

    /// <summary>The version of what it published; null before.</summary>
    public long? Published { get; init; }

    /// <summary>Why it paused, stopped or failed, or who was the last to come or go.</summary>
    public string Reason { get; init; } = "";
}
