namespace RedisML.Diagnostics;

/// <summary>The log of the work that this code is part of: whoever starts work gives it one, and all that it awaits or starts has the
/// same.</summary>
/// <remarks>Without a reader a line costs a look at a field: <c>WorkLog.Steps?.Step($"…")</c> makes no text then.</remarks>
public static class WorkLog
{
    static readonly AsyncLocal<IWorkLog?> s_current = new();

    /// <summary>The log, whoever reads it; null where there is none.</summary>
    public static IWorkLog? Current => s_current.Value;

    /// <summary>The log, where somebody reads steps.</summary>
    public static IWorkLog? Steps => s_current.Value is { TakesSteps: true } log ? log : null;

    /// <summary>The log, where somebody reads commands.</summary>
    public static IWorkLog? Commands => s_current.Value is { TakesCommands: true } log ? log : null;

    /// <summary>Gives what follows on this thread, and in this flow of calls, a log, until the result is disposed.</summary>
    public static IDisposable Use(IWorkLog? log)
    {
        var before = s_current.Value;
        s_current.Value = log;
        return new Restored(before);
    }

    sealed class Restored(IWorkLog? before) : IDisposable
    {
        public void Dispose() => s_current.Value = before;
    }
}
