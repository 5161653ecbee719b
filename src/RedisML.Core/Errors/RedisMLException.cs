namespace RedisML.Errors;

/// <summary>What kind of trouble an error is. The cmdlets make an error category of PowerShell of it.</summary>
public enum ErrorKind
{
    InvalidArgument,
    InvalidData,
    InvalidOperation,
    LimitsExceeded,
    ObjectNotFound,
    ResourceExists,
    ResourceBusy,
    ResourceUnavailable,
    ConnectionError,
    AuthenticationError,
    PermissionDenied,
    OperationTimeout,
    ReadError,
    WriteError,
}

/// <summary>An error that a user can act on: a stable id, a kind, and the key, path or row it is about.</summary>
/// <remarks>Messages say what happened, to what, and what to do next. They never hold a password,
/// and nothing that steers a terminal.</remarks>
public class RedisMLException(string errorId, ErrorKind kind, string message, object? target = null, Exception? inner = null)
    : Exception(VisibleText.Of(message), inner)
{
    /// <summary>The stable id by which scripts and tests know the error, such as <c>DatasetNotFound</c>.</summary>
    public string ErrorId { get; } = errorId;

    public ErrorKind Kind { get; } = kind;

    /// <summary>The name, key, path or row that the error is about.</summary>
    public object? Target { get; } = target;
}
