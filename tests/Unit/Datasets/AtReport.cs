using RedisML.Importing;

namespace RedisML.Unit.Datasets;

/// <summary>Does something at a report, on the importing thread, once some rows are stored: reports come a part.</summary>
/// <param name="delay">Milliseconds that each report takes.</param>
/// <param name="every">At each so many reports; 0 for once.</param>
sealed class AtReport(int at, Action action, int delay = 0, int every = 0) : IProgress<ImportProgress>
{
    int _reports;
    bool _done;

    /// <summary>Whether it came to that.</summary>
    public bool IsDone => _done;

    public ImportProgress Last { get; private set; }

    public void Report(ImportProgress value)
    {
        Last = value;
        if (delay > 0) Thread.Sleep(delay);
        _reports++;
        if (every > 0 ? _reports % every != 0 : _done || _reports < at || value.Rows == 0) return;
        _done = true;
        action();
    }
}
