using System.Diagnostics;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>Keeps what Core reported last, for the timer that shows progress.</summary>
sealed class LatestProgress<T> : IProgress<T> where T : struct
{
    readonly Stopwatch _watch = Stopwatch.StartNew();
    readonly Lock _lock = new();
    T _value;

    public T Value
    {
        get { lock (_lock) return _value; }
    }

    /// <summary>The seconds since the work began.</summary>
    public double Seconds => _watch.Elapsed.TotalSeconds;

    public void Report(T value)
    {
        lock (_lock) _value = value;
    }
}
