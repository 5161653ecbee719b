using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>Shows progress from two seconds on, once a second: as a bar, or under Azure Pipelines as its logging command.</summary>
/// <param name="activity">What is done and to what, as the progress shows it.</param>
/// <param name="post">Runs an action on the pipeline thread.</param>
sealed class ProgressDisplay(string activity, Action<Action<PSCmdlet>> post)
{
    static readonly TimeSpan s_delay = TimeSpan.FromSeconds(2);
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    readonly Stopwatch _watch = Stopwatch.StartNew();
    readonly bool _inAzurePipelines = Environment.GetEnvironmentVariable("TF_BUILD") is { Length: > 0 };

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
            if (!shown || _inAzurePipelines) return;
            try { post(cmdlet => cmdlet.WriteProgress(new(0, activity, "Done") { RecordType = ProgressRecordType.Completed })); }
            catch (OperationCanceledException) { }
        }
    }

    Action<PSCmdlet> Shown(ProgressReport report)
    {
        var (status, fraction) = report;
        int percent = fraction is { } known ? (int)(100 * Math.Clamp(known, 0, 1)) : -1;
        if (_inAzurePipelines)
        {
            var command = string.Create(CultureInfo.InvariantCulture, $"##vso[task.setprogress value={percent};]{activity}: {status}");
            return percent < 0 ? _ => { } : cmdlet => cmdlet.Host.UI.WriteLine(command);
        }
        int left = fraction is > 0 and <= 1 ? (int)(_watch.Elapsed.TotalSeconds * (1 - fraction.Value) / fraction.Value) : -1;
        return cmdlet => cmdlet.WriteProgress(new(0, activity, status) { PercentComplete = percent, SecondsRemaining = left });
    }
}
