using System.Diagnostics;
using RedisML.Diagnostics;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>Waits out what passes: a connection that comes back, a server that loads its data or fails over,
/// a reply that is late.</summary>
/// <remarks>Only for commands that may run twice: a lost reply doesn't tell whether the command ran.</remarks>
static class RedisPatience
{
    static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);
    static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    /// <summary>A reply that takes longer is told of.</summary>
    static readonly TimeSpan s_lateReply = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs <paramref name="command"/>, again and again while it fails for a reason that may pass, for half a minute.</summary>
    public static Task<T> PatientlyAsync<T>(this IDatabase database, Func<IDatabase, Task<T>> command, CancellationToken cancellation) =>
        database.PatientlyAsync(command, MayPass, s_deadline, cancellation);

    /// <summary>Runs <paramref name="command"/>, again and again while it fails for a reason that may pass, up to a deadline.</summary>
    /// <param name="mayPass">Whether the command may succeed a little later, after such an error.</param>
    public static async Task<T> PatientlyAsync<T>(
        this IDatabase database, Func<IDatabase, Task<T>> command, Func<Exception, bool> mayPass, TimeSpan deadline,
        CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        int retries = 0;
        for (var wait = s_firstWait; ; wait = wait * 2 < s_longestWait ? wait * 2 : s_longestWait)
        {
            try
            {
                var reply = await command(database).WaitAsync(cancellation).ConfigureAwait(false);
                var waited = Stopwatch.GetElapsedTime(start);
                if (retries > 0 || waited > s_lateReply)
                    WorkLog.Steps?.Step(
                        $"Redis: a reply after {waited.TotalSeconds:N2} s, with {retries} retr{(retries == 1 ? "y" : "ies")}.");
                return reply;
            }
            catch (Exception e) when (mayPass(e) && Stopwatch.GetElapsedTime(start) < deadline)
            {
                WorkLog.Steps?.Step($"Redis: retry {++retries} in {wait.TotalMilliseconds:N0} ms, because {Reason(e)}.");
                await Task.Delay(wait, cancellation).ConfigureAwait(false);
                // By itself the client asks once a minute which server is the primary.
                if (IsReadOnly(e)) await database.Multiplexer.ConfigureAsync().WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc cref="PatientlyAsync{T}(IDatabase, Func{IDatabase, Task{T}}, CancellationToken)"/>
    public static Task PatientlyAsync(this IDatabase database, Func<IDatabase, Task> command, CancellationToken cancellation) =>
        database.PatientlyAsync(async d =>
        {
            await command(d).ConfigureAwait(false);
            return true;
        }, cancellation);

    /// <summary>Why a command failed, in a clause: of what the client says of its own state, nothing.</summary>
    static string Reason(Exception e) => e switch
    {
        RedisConnectionException lost => $"there was no connection ({lost.FailureType})",
        RedisTimeoutException => "no reply came in time",
        _ => $"the server replied '{e.Message.Split('\n', ';')[0].TrimEnd('.', ' ', '\r')}'",
    };

    /// <summary>Whether a replica was to write: a server that the client takes for the primary, or one that it knows to be none.</summary>
    static bool IsReadOnly(Exception e) =>
        RedisErrors.CodeOf(e.Message) == "READONLY" || e.Message.Contains("requires writable", StringComparison.Ordinal);

    /// <summary>Whether the same command may well succeed a little later.</summary>
    public static bool MayPass(Exception e) => e switch
    {
        RedisConnectionException or RedisTimeoutException => true,
        RedisServerException reply => RedisErrors.CodeOf(reply.Message) is
            "LOADING" or "READONLY" or "MOVED" or "ASK" or "TRYAGAIN" or "CLUSTERDOWN" or "MASTERDOWN",
        _ => false,
    };
}
