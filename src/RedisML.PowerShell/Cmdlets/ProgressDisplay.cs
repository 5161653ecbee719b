using System.Diagnostics;
using System.Management.Automation;
using RedisML.PowerShell.Builds;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>Shows progress from two seconds on, once a second: as a bar, or as the build system's command.</summary>
/// <param name="activity">What is done and to what, as the progress shows it.</param>
/// <param name="post">Runs an action on the pipeline thread.</param>
sealed class ProgressDisplay(string activity, Action<Action<AsyncCmdlet>> post)
{
    static readonly TimeSpan s_delay = TimeSpan.FromSeconds(2);
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    readonly Stopwatch _watch = Stopwatch.StartNew();
    readonly BuildLog? _log = BuildLog.Current;

    /// <summary>Shows what <paramref name="progress"/> says until the token is cancelled.</summary>
    internal async Task RunAsync(Func<ProgressReport> progress, CancellationToken end)
    {
        bool shown = false;
        try
        {
            await Task.Delay(s_delay, end).ConfigureAwait(false);
            using var timer = new PeriodicTimer(s_interval);
            do
            {
                post(Shown(progress()));
                shown = true;
            }
            while (await timer.WaitForNextTickAsync(end).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            if (!shown || _log is not null) return;
            try { post(cmdlet => cmdlet.WriteProgress(new(0, activity, "Done") { RecordType = ProgressRecordType.Completed })); }
            catch (OperationCanceledException) { }
        }
    }

    Action<AsyncCmdlet> Shown(ProgressReport report)
    {
        var (status, fraction) = report;
        int percent = fraction is { } known ? (int)(100 * Math.Clamp(known, 0, 1)) : -1;
        if (_log is not null)
        {
            if (percent < 0 || _log.Progress(activity, status, percent) is not { } command) return _ => { };
            return cmdlet =>
            {
                if (cmdlet.Prefers("ProgressAction", "ProgressPreference") == ActionPreference.Continue) cmdlet.Host.UI.WriteLine(command);
            };
        }
        int left = fraction is > 0 and <= 1 ? (int)(_watch.Elapsed.TotalSeconds * (1 - fraction.Value) / fraction.Value) : -1;
        return cmdlet => cmdlet.WriteProgress(new(0, activity, status) { PercentComplete = percent, SecondsRemaining = left });
    }
}
