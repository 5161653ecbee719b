namespace RedisML.Runs.Nodes;

/// <summary>Wakes whoever waits. Take <see cref="Next"/> before looking at what has changed, then wait for it.</summary>
internal sealed class Signal
{
    TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
