using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace RedisML.Runs;

/// <summary>Threads that work together: one leads, and the others help it with each loop it hands out.</summary>
/// <remarks>
/// The threads are the callers' own. Between two loops helpers spin briefly and then block, so that loops of a millisecond can
/// follow each other closely. A helper that comes late joins in at the next loop; the first failure or stop ends them all.
/// </remarks>
internal sealed class WorkerTeam
{
    static readonly long s_spin = Stopwatch.Frequency / 20_000; // 50 µs

    readonly object _gate = new();
    readonly CancellationTokenSource _stopping = new();
    Loop? _loop;
    Exception? _failure;
    int _failedIndex;
    bool _ended;

    /// <summary>Cancelled when a thread is stopped or fails: what waits within a loop must wait with this token.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Runs an algorithm as worker 0, then lets the helpers go.</summary>
    public void Lead(Action algorithm, CancellationToken cancellation)
    {
        using var registration = cancellation.Register(() => Stop(new OperationCanceledException(cancellation)));
        try
        {
            algorithm();
        }
        finally
        {
            lock (_gate)
            {
                _ended = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Helps as another worker until the algorithm has ended, however it ended.</summary>
    public void Help(int worker, CancellationToken cancellation)
    {
        using var registration = cancellation.Register(() => Stop(new OperationCanceledException(cancellation)));
        for (var loop = Next(null); loop is not null; loop = Next(loop)) loop.Work(worker);
    }

    /// <summary>Runs <paramref name="body"/> for each index below <paramref name="count"/>, once, on whichever worker is free.
    /// For the leader alone.</summary>
    /// <param name="body">Called with the worker's number and the index.</param>
    /// <exception cref="OperationCanceledException">A worker was stopped.</exception>
    /// <remarks>A body's exception is rethrown; where several fail, that of the lowest index.</remarks>
    public void For(int count, Action<int, int> body)
    {
        if (count > 0)
        {
            var loop = new Loop(this, count, body);
            lock (_gate)
            {
                _loop = loop;
                Monitor.PulseAll(_gate);
            }
            loop.Work(0);
            Wait(loop);
        }
        ThrowIfStopping();
    }

    /// <summary>The worker that last came upon a sum that isn't finite; null where none did.</summary>
    public int? NotFiniteWorker { get; set; }

    /// <summary>Waits for something outside the team, on the leader's thread, as it waits for its helpers.</summary>
    /// <exception cref="OperationCanceledException">A worker was stopped.</exception>
    public void Wait(Task task)
    {
        long start = Stopwatch.GetTimestamp();
        var spinner = new SpinWait();
        while (!task.IsCompleted && Stopwatch.GetTimestamp() - start < s_spin) spinner.SpinOnce(sleep1Threshold: -1);
        try
        {
            task.WaitAsync(Stopping).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            ThrowIfStopping();
            throw;
        }
    }

    /// <summary>Throws where the team is stopping: for the leader, between loops and within long work of its own.</summary>
    public void ThrowIfStopping()
    {
        if (Volatile.Read(ref _failure) is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    Loop? Next(Loop? last)
    {
        long start = Stopwatch.GetTimestamp();
        var spinner = new SpinWait();
        while (Volatile.Read(ref _loop) == last && !Volatile.Read(ref _ended) && Stopwatch.GetTimestamp() - start < s_spin)
            spinner.SpinOnce(sleep1Threshold: -1);
        lock (_gate)
        {
            while (_loop == last && !_ended) Monitor.Wait(_gate);
            return _ended ? null : _loop;
        }
    }

    void Wait(Loop loop)
    {
        long start = Stopwatch.GetTimestamp();
        var spinner = new SpinWait();
        while (!loop.Finished && Stopwatch.GetTimestamp() - start < s_spin) spinner.SpinOnce(sleep1Threshold: -1);
        if (loop.Finished) return;
        lock (_gate)
        {
            while (!loop.Finished) Monitor.Wait(_gate);
        }
    }

    void Stop(Exception reason, int index = -1)
    {
        lock (_gate)
        {
            if (_ended) return;
            bool isFirst = _failure is null;
            if (!isFirst && (reason is OperationCanceledException || _failedIndex < index)) return;
            _failure = reason;
            _failedIndex = index;
            if (!isFirst) return;
        }
        _stopping.Cancel();
    }

    sealed class Loop(WorkerTeam team, int count, Action<int, int> body)
    {
        readonly int _count = count;
        int _taken = -1;
        int _open = count;

        public bool Finished => Volatile.Read(ref _open) == 0;

        public void Work(int worker)
        {
            int index;
            while ((index = Interlocked.Increment(ref _taken)) < _count)
            {
                try
                {
                    if (!team.Stopping.IsCancellationRequested) body(worker, index);
                }
                catch (Exception e)
                {
                    team.Stop(e, index);
                }
                if (Interlocked.Decrement(ref _open) > 0) continue;
                lock (team._gate) Monitor.PulseAll(team._gate);
            }
        }
    }
}
