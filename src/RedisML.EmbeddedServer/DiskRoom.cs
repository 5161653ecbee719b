namespace RedisML.EmbeddedServer;

/// <summary>Tells whether the disk of a server has room for what it still has to write.</summary>
sealed class DiskRoom(DataFolder folder)
{
    /// <summary>For what is under way when the answer is given, and for small changes after it: names, heads,
    /// and removals above all.</summary>
    const long Reserve = 64L << 20;

    /// <summary>Less than this comes in between two looks.</summary>
    static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    readonly Lock _lock = new();
    long _next;
    long _missing;

    /// <summary>Bytes; 0 where there is enough.</summary>
    internal long Missing
    {
        get
        {
            if (!folder.Lasts) return 0;
            lock (_lock)
            {
                if (Environment.TickCount64 < _next) return _missing;
                _missing = Look();
                _next = Environment.TickCount64 + (long)s_interval.TotalMilliseconds;
                return _missing;
            }
        }
    }

    /// <summary>At the next checkpoint all that is in the append-only file goes to the store, before the file is cut.</summary>
    long Look()
    {
        try
        {
            long log = new DirectoryInfo(Path.Combine(folder.Path, "AOF")).EnumerateFiles("*", SearchOption.AllDirectories)
                .Sum(f => f.Length);
            return Math.Max(0, Reserve + log - new DriveInfo(folder.Path).AvailableFreeSpace);
        }
        catch (IOException)
        {
            // A file of the log went while it was looked at; or the system doesn't tell.
            return 0;
        }
    }
}
