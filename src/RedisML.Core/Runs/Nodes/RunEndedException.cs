namespace RedisML.Runs.Nodes;

/// <summary>The run has ended while this node worked at it.</summary>
internal sealed class RunEndedException(RunControl control) : Exception(control.Reason)
{
    public RunControl Control { get; } = control;
}
