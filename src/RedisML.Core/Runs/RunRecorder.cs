using System.Collections.Concurrent;
using System.Globalization;
using RedisML.Runs.Nodes;
using StackExchange.Redis;

namespace RedisML.Runs;

/// <summary>Writes metrics and progress into the run now and then, for whoever looks, where this node is the first.</summary>
internal sealed class RunRecorder(RunLedger ledger, RunMembership membership) : IAsyncDisposable
{
    const int MaxHeld = 10_000;
    static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    readonly ConcurrentQueue<(string Name, long Step, double Value, long Time)> _metrics = new();
    readonly CancellationTokenSource _stop = new();
    readonly Lock _lock = new();
    RunProgress? _progress;
    bool _wasFirst;
    Task _recording = Task.CompletedTask;
    Task _writing = Task.CompletedTask;

    public void Start() => _recording = Task.Run(RecordAsync);

    public void Report(RunProgress progress)
    {
        lock (_lock) _progress = progress.After(_progress);
        if (progress.Iteration == 0) return;
        if (!double.IsNaN(progress.Loss)) Report("loss", progress.Iteration, progress.Loss);
        if (!double.IsNaN(progress.ValidationLoss)) Report("validationLoss", progress.Iteration, progress.ValidationLoss);
    }

    /// <summary>A metric of a step; told again, it is replaced.</summary>
    public void Report(string name, long step, double value)
    {
        _metrics.Enqueue((name, step, value, ledger.Clock.Latest.ToUnixTimeMilliseconds()));
        while (_metrics.Count > MaxHeld && !membership.IsFirst) _metrics.TryDequeue(out _);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _recording.ConfigureAwait(false);
        try
        {
            await WriteRestAsync().WaitAsync(s_interval * 20).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException) { }
        _stop.Dispose();
    }

    async Task RecordAsync()
    {
        using var timer = new PeriodicTimer(s_interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    _writing = WriteAsync();
                    await _writing.WaitAsync(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is RedisException or TimeoutException) { }
            }
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>Writes what there is after a write that may be under way.</summary>
    async Task WriteRestAsync()
    {
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await WriteAsync().ConfigureAwait(false);
    }

    /// <summary>Writes what there is to write.</summary>
    public async Task WriteAsync()
    {
        bool isFirst = membership.IsFirst, wasFirst = _wasFirst;
        _wasFirst = isFirst;
        if (membership.HasLeft) return;
        // Whoever has come before it doesn't know the steps that it hasn't written yet.
        if (!isFirst && wasFirst) await WriteMetricsAsync().ConfigureAwait(false);
        if (!isFirst) return;
        await WriteMetricsAsync().ConfigureAwait(false);
        RunProgress? progress;
        lock (_lock) progress = _progress;
        var fields = new List<HashEntry> {
            new("updated", (await ledger.Clock.NowAsync(CancellationToken.None).ConfigureAwait(false)).ToUnixTimeMilliseconds()) };
        if (progress is { } p)
        {
            fields.AddRange([new("iteration", p.Iteration), new("rows", p.Rows), new("dropped", p.RowsDropped),
                new("rate", p.RowsPerSecond.ToString("R", CultureInfo.InvariantCulture))]);
            // A node that has just come, and has measured none, leaves the one that another told.
            if (!double.IsNaN(p.Loss)) fields.Add(new("loss", p.Loss.ToString("R", CultureInfo.InvariantCulture)));
        }
        await ledger.Database.HashSetAsync(ledger.Keys.Progress, [.. fields]).ConfigureAwait(false);
    }

    /// <summary>Those that can't be written now are kept for the next time.</summary>
    async Task WriteMetricsAsync()
    {
        var metrics = new List<(string Name, long Step, double Value, long Time)>();
        while (_metrics.TryDequeue(out var metric)) metrics.Add(metric);
        if (metrics.Count == 0) return;
        try
        {
            await ledger.Database.HashSetAsync(ledger.Keys.Metrics, [.. metrics.Select(metric => new HashEntry(
                $"{metric.Name}:{metric.Step}", string.Create(CultureInfo.InvariantCulture, $"{metric.Value:R} {metric.Time}")))])
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            metrics.ForEach(_metrics.Enqueue);
            throw;
        }
    }
}
