using System.Diagnostics;

namespace RedisML.Unit.Fixtures;

/// <summary>How long tests wait for what has to come. No test decides anything by it: it only ends one that hangs,
/// so it is as generous as a machine that is busy otherwise needs.</summary>
static class Patience
{
    /// <summary>For one event, such as a step of a run, or the end of a process that was told to end.</summary>
    public static readonly TimeSpan Event = TimeSpan.FromMinutes(5);

    /// <summary>For a whole script in a process of its own.</summary>
    public static readonly TimeSpan Script = TimeSpan.FromMinutes(10);

    /// <summary>Looks until it is so.</summary>
    /// <param name="what">What the error says that there never was.</param>
    public static async Task UntilAsync(Func<Task<bool>> isSo, Func<string> what)
    {
        for (var clock = Stopwatch.StartNew(); !await isSo(); await Task.Delay(20, TestContext.Current.CancellationToken))
            if (clock.Elapsed > Event) throw new TimeoutException($"After {Event}: {what()}");
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, Func{string})"/>
    public static Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(() => Task.FromResult(isSo()), () => what);

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, Func{string})"/>
    public static void Until(Func<bool> isSo, string what)
    {
        for (var clock = Stopwatch.StartNew(); !isSo(); Thread.Sleep(20))
            if (clock.Elapsed > Event) throw new TimeoutException($"After {Event}: {what}");
    }
}
