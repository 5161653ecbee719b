namespace RedisML.Runs;

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>Waits for the nodes that it starts with.</summary>
    Waiting,

    Running,

    /// <summary>Too few nodes are left; it waits for others.</summary>
    Paused,

    /// <summary>No process works at it any more, and it hasn't ended: it can be resumed.</summary>
    Interrupted,

    Completed,
    Failed,
    Stopped,
}
