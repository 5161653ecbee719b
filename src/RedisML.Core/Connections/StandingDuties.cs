using RedisML.Diagnostics;
using RedisML.Errors;

namespace RedisML.Connections;

/// <summary>What something that lives long does beside its work, until it is told to stop. What fails is tried again when it is due
/// again: a trainer or a service outlives its server.</summary>
sealed class StandingDuties(RedisMLConnection connection, CancellationToken stop)
{
    volatile string? _lastError;

    /// <summary>Why something is to be tried again; null where nothing is.</summary>
    public string? LastError => _lastError;

    /// <summary>Does it again and again, <paramref name="interval"/> after it was done.</summary>
    public async Task RepeatAsync(Func<TimeSpan> interval, Func<Task> duty)
    {
        while (true)
        {
            await PauseAsync(interval()).ConfigureAwait(false);
            if (stop.IsCancellationRequested) return;
            await TryAsync(duty).ConfigureAwait(false);
        }
    }

    public async Task TryAsync(Func<Task> duty)
    {
        try
        {
            await duty().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception e) when (RedisErrors.Translate(e, connection.Endpoint) is { } error)
        {
            Note(error);
        }
    }

    /// <summary>Waits, until the stop at the longest.</summary>
    public async Task PauseAsync(TimeSpan pause)
    {
        try { await Task.Delay(pause, stop).ConfigureAwait(false); }
        catch (OperationCanceledException) { }
    }

    /// <summary>Remembers why something is to be tried again.</summary>
    public void Note(RedisMLException error)
    {
        _lastError = error.Message;
        WorkLog.Steps?.Step($"It is tried again: {error.Message}");
    }

    /// <summary>It went well.</summary>
    public void Forget() => _lastError = null;
}
