using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace RedisML.Processes;

/// <summary>What is still to be done when the process ends, or is asked to end by SIGTERM.</summary>
/// <remarks>
/// At SIGTERM .NET 10 ends a process without raising <see cref="AppDomain.ProcessExit"/>,
/// and <c>pwsh</c> runs no <c>finally</c> block then.
/// </remarks>
public static class ProcessEnd
{
    static readonly ConcurrentDictionary<Registration, Action> s_actions = [];
    static long s_count;

    /// <summary>Held for as long as the process lives: the signal isn't listened for without it.</summary>
    static readonly PosixSignalRegistration s_termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => RunAll());

    static ProcessEnd() => AppDomain.CurrentDomain.ProcessExit += (_, _) => RunAll();

    /// <summary>Has an action run at the end, which comes when it returns: it may block for a moment,
    /// and its exceptions are dropped.</summary>
    /// <returns>What forgets the action when it is disposed of.</returns>
    public static IDisposable Register(Action action)
    {
        var registration = new Registration(Interlocked.Increment(ref s_count));
        s_actions[registration] = action;
        return registration;
    }

    static void RunAll()
    {
        // The last first: what came later may stand on what was there.
        foreach (var (registration, action) in s_actions.OrderByDescending(a => a.Key.Number))
        {
            if (!s_actions.TryRemove(registration, out _)) continue;
            try { action(); }
            catch { /* The others have their turn, and nobody is left to be told. */ }
        }
    }

    sealed class Registration(long number) : IDisposable
    {
        public long Number => number;

        public void Dispose() => s_actions.TryRemove(this, out _);
    }
}
