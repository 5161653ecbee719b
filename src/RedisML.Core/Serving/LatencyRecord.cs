namespace RedisML.Serving;

/// <summary>How long the last requests took, and how many were answered together. Written by one thread, read by others.</summary>
sealed class LatencyRecord
{
    const int Kept = 4096;

    readonly double[] _milliseconds = new double[Kept];
    readonly Lock _lock = new();
    long _requests;
    long _batches;

    public void Add(double milliseconds, int requests)
    {
        lock (_lock)
        {
            _batches++;
            for (int i = 0; i < requests; i++) _milliseconds[_requests++ % Kept] = milliseconds;
        }
    }

    /// <summary>Median, 99th percentile, and mean batch; zeros where there was no request.</summary>
    public (double P50, double P99, double MeanBatch) Summary()
    {
        double[] sorted;
        double mean;
        lock (_lock)
        {
            if (_requests == 0) return default;
            sorted = _milliseconds[..(int)Math.Min(Kept, _requests)];
            mean = (double)_requests / _batches;
        }
        Array.Sort(sorted);
        return (At(0.5), At(0.99), mean);

        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
