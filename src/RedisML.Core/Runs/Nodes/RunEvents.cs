using StackExchange.Redis;

namespace RedisML.Runs.Nodes;

/// <summary>A step of a generation.</summary>
internal sealed record StepMark(string Generation, long Step);

/// <summary>What is announced of a run. It only hints: whoever waits looks now and then, as an announcement may be lost.</summary>
internal sealed class RunEvents(RunLedger ledger) : IAsyncDisposable
{
    readonly Signal _signal = new();
    StepMark _decided = new("", 0);
    StepMark _half = new("", 0);

    // Generations and phases that were announced, and how many of them this node has looked at.
    int _changes;
    int _seen = -1;

    /// <summary>Ends with the next announcement, or this node's own news. To be taken before looking at what has changed.</summary>
    public Task Next => _signal.Next;

    /// <summary>The last step of which it was announced that it is decided.</summary>
    public StepMark Decided => Volatile.Read(ref _decided);

    /// <summary>The last step of which it was announced that all slices are there.</summary>
    public StepMark Half => Volatile.Read(ref _half);

    /// <summary>How many generations and phases were announced so far.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Whether there are some that the steps haven't looked at.</summary>
    public bool HasChanged => Changes != _seen;

    /// <summary>The steps have looked at the run after so many changes.</summary>
    public void See(int changes) => _seen = changes;

    /// <summary>The steps have to look again, whatever is announced.</summary>
    public void Forget() => _seen = -1;

    /// <summary>Wakes whoever waits.</summary>
    public void Raise() => _signal.Raise();

    /// <summary>Tells this node's own parts of a change as if it had been announced.</summary>
    public void Change()
    {
        Interlocked.Increment(ref _changes);
        Raise();
    }

    /// <summary>Waits for what was next.</summary>
    public static async Task WaitAsync(Task next, TimeSpan longest, CancellationToken cancellation)
    {
        try
        {
            await next.WaitAsync(longest, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException) { }
    }

    // A try that fails may leave its handler behind: to hear things twice does no harm.
    public Task SubscribeAsync(CancellationToken cancellation) => ledger.RetryAsync(async () =>
    {
        await ledger.Subscriber.SubscribeAsync(ledger.Keys.Events, (_, message) => Hear(message)).ConfigureAwait(false);
        return true;
    }, cancellation);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await ledger.Subscriber.UnsubscribeAsync(ledger.Keys.Events).ConfigureAwait(false);
        }
        catch (RedisConnectionException) { }
        catch (RedisTimeoutException) { }
    }

    void Hear(RedisValue message)
    {
        var words = ((string)message!).Split(' ');
        if (words is ["S", var generation, var step] && long.TryParse(step, out long decided))
            Volatile.Write(ref _decided, new(generation, decided));
        else if (words is ["H", var halfGeneration, var halfStep] && long.TryParse(halfStep, out long half))
            Volatile.Write(ref _half, new(halfGeneration, half));
        else Interlocked.Increment(ref _changes);
        Raise();
    }
}
