using RedisML.Errors;

namespace RedisML.Runs.Nodes;

/// <summary>This node is out of a run that isn't its own to end: refused, shut out, or the run's state is gone.</summary>
internal sealed class NodeOutException(string errorId, ErrorKind kind, string message, object? target)
    : RedisMLException(errorId, kind, message, target);
