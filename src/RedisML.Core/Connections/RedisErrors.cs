using System.Net.Sockets;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>Turns what the Redis client throws, and what a server replies, into errors that say what to do.</summary>
public static class RedisErrors
{
    /// <summary>What the client puts before some error replies.</summary>
    const string ReplyKind = "SimpleError: ";

    /// <summary>The error for an exception of the Redis client; null for an exception that isn't one of those.</summary>
    /// <param name="endpoint">The server that the message names.</param>
    public static RedisMLException? Translate(Exception exception, string endpoint) => exception switch
    {
        RedisMLException known => known,
        RedisServerException e => FromReply(e.Message, endpoint, e),
        RedisTimeoutException e => new("RedisTimeout", ErrorKind.OperationTimeout,
            $"{endpoint} didn't answer in time. It, or the network, may be overloaded or down; where replies are just slow, a longer " +
            "'asyncTimeout' in the connection string helps.", endpoint, e),
        // The client knows a replica, and doesn't even ask it to write.
        RedisConnectionException e when e.Message.Contains("requires writable", StringComparison.Ordinal) =>
            FromReply("READONLY You can't write against a read only replica.", endpoint, e),
        RedisConnectionException e => new("ConnectionLost", ErrorKind.ConnectionError,
            $"The connection to {endpoint} was lost ({e.FailureType}). Check that the server still runs and try again.", endpoint, e),
        RedisCommandException e => new("RedisCommandUnavailable", ErrorKind.InvalidOperation,
            $"{endpoint} can't be sent this command: {e.Message}", endpoint, e),
        ObjectDisposedException { Source: "StackExchange.Redis" } e =>
            new("ConnectionClosed", ErrorKind.InvalidOperation, $"The connection to {endpoint} has been closed. Connect again.", endpoint,
                e),
        _ => null,
    };

    /// <summary>The first word of an error reply, such as <c>MOVED</c>.</summary>
    internal static string CodeOf(string reply) =>
        // So the client puts it where a second redirection follows the first, as when a slot just moves.
        reply.StartsWith("Key has MOVED", StringComparison.Ordinal) ? "MOVED"
        : (reply.StartsWith(ReplyKind, StringComparison.Ordinal) ? reply[ReplyKind.Length..] : reply).Split(' ', 2)[0];

    /// <summary>The error for an error reply, such as <c>NOAUTH Authentication required.</c></summary>
    internal static RedisMLException FromReply(string reply, string endpoint, Exception? inner = null)
    {
        if (reply.StartsWith(ReplyKind, StringComparison.Ordinal)) reply = reply[ReplyKind.Length..];
        return CodeOf(reply) switch
        {
            "WRONGPASS" => Error("AuthenticationFailed", ErrorKind.AuthenticationError,
                "refused the user name or the password", "Check both, and that the user is enabled."),
            "NOAUTH" => Error("AuthenticationFailed", ErrorKind.AuthenticationError,
                "wants a password", "Give one, with a user name if it isn't for the default user."),
            "NOPERM" => Error("PermissionDenied", ErrorKind.PermissionDenied, "doesn't allow this user to do that",
                "Have its access list (ACL) allow the command and the keys under the prefix, or connect as another user."),
            "DENIED" => Error("PermissionDenied", ErrorKind.PermissionDenied,
                "refuses connections from other hosts", "Set a password there, or turn its protected mode off."),
            "OOM" => Error("RedisOutOfMemory", ErrorKind.LimitsExceeded,
                "is out of memory", "Raise its maxmemory, or remove data that isn't needed."),
            "READONLY" => Error("RedisReadOnly", ErrorKind.ResourceUnavailable, "is a read-only replica", "Connect to the primary."),
            "LOADING" => Error("RedisLoading", ErrorKind.ResourceUnavailable, "is still loading its data", "Try again in a while."),
            "BUSY" => Error("RedisBusy", ErrorKind.ResourceBusy, "is busy with a script", "Try again in a while."),
            "MISCONF" => Error("RedisCannotPersist", ErrorKind.WriteError,
                "takes no writes because it can't save to its disk", "Check the disk and the log of the server."),
            "CLUSTERDOWN" or "MASTERDOWN" or "TRYAGAIN" => Error("RedisClusterDown", ErrorKind.ResourceUnavailable,
                "belongs to a group of servers that isn't complete", "Check its other members, and try again."),
            "MOVED" or "ASK" or "CROSSSLOT" => Error("RedisClusterSlot", ErrorKind.InvalidOperation,
                "doesn't serve these keys; another member of its cluster may", "Connect to the cluster by the addresses of its members."),
            "WRONGTYPE" => Error("RedisWrongType", ErrorKind.InvalidData,
                "holds something else under this key", "Use another prefix, or remove the key."),
            _ => Error("RedisError", ErrorKind.InvalidOperation, "refused a command", ""),
        };

        RedisMLException Error(string id, ErrorKind kind, string what, string next) =>
            new(id, kind, $"{endpoint} {what}: {reply.TrimEnd('.')}. {next}".TrimEnd(), endpoint, inner);
    }

    internal static RedisMLException FromSocket(SocketException e, string endpoint) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new("ConnectionRefused", ErrorKind.ConnectionError,
            $"Nothing listens at {endpoint}: the connection was refused. Check that a Redis server runs there, and host and port.",
            endpoint, e),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new("HostNotFound", ErrorKind.ConnectionError,
            $"The host of {endpoint} isn't known to DNS ({e.Message}). Check the spelling, and the name servers.", endpoint, e),
        SocketError.TimedOut => TimedOut(endpoint, e),
        _ => Failed(endpoint, e.Message, e),
    };

    internal static RedisMLException TimedOut(string endpoint, Exception inner) => new("ConnectionTimedOut", ErrorKind.OperationTimeout,
        $"{endpoint} didn't answer in time. Check host and port, firewalls between, and whether the server hangs; " +
            "'connectTimeout' in the " +
        "connection string gives it longer.", endpoint, inner);

    internal static RedisMLException TlsFailed(string endpoint, string cause, Exception? inner) =>
        new("TlsFailed", ErrorKind.ConnectionError,
        $"TLS with {endpoint} failed: {cause.TrimEnd('.')}.", endpoint, inner);

    internal static RedisMLException TlsRequired(string endpoint, Exception inner) => new("TlsRequired", ErrorKind.ConnectionError,
        $"{endpoint} wants TLS. Use -Tls, or begin the URI with rediss://.", endpoint, inner);

    internal static RedisMLException NotRedis(string endpoint, string what) => new("NotRedis", ErrorKind.ConnectionError,
        $"{endpoint} {what}. Check the port, and whether it wants TLS.", endpoint);

    internal static RedisMLException Failed(string endpoint, string cause, Exception inner) =>
        new("ConnectionFailed", ErrorKind.ConnectionError,
        $"Can't connect to {endpoint}: {cause.TrimEnd('.')}. Check host, port and network.", endpoint, inner);
}
