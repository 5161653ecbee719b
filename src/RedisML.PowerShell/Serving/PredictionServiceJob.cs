using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Outputs;
using RedisML.Serving;

namespace RedisML.PowerShell.Serving;

/// <summary>An instance of a prediction service as a job: it runs until it is stopped.</summary>
public sealed class PredictionServiceJob : RedisMLJob
{
    readonly PredictionInstance _instance;

    internal PredictionServiceJob(string command, PredictionInstance instance) : base(command, $"Service-{instance.Name}-{instance.Id}")
    {
        _instance = instance;
        PSJobTypeName = "RedisMLPredictionService";
        Output.EnumeratorNeverBlocks = Error.EnumeratorNeverBlocks = Verbose.EnumeratorNeverBlocks = Debug.EnumeratorNeverBlocks = true;
    }

    public override bool HasMoreData => Output.Count + Error.Count + Verbose.Count + Debug.Count > 0;

    public override string Location => "localhost";

    /// <summary>How the instance fares, as <c>Get-Job</c> can show it.</summary>
    public override string StatusMessage =>
        $"{Instance.Model}, version {Instance.Version}: {Instance.Answered:N0} answered" + (Instance.Answered == 0 ? ""
            : $", p50 {Instance.P50Milliseconds:0.00} ms, p99 {Instance.P99Milliseconds:0.00} ms");

    /// <summary>How the instance fares.</summary>
    public InstanceStatus Instance => _instance.Status;

    /// <summary>The name of the service.</summary>
    public string Service => _instance.Name;

    public override void StopJob()
    {
        _instance.SignalStop();
        if (JobStateInfo.State == JobState.Running) Finished.WaitOne();
    }

    internal Task Start()
    {
        SetJobState(JobState.Running);
        return WatchAsync();
    }

    internal void SignalStop() => _instance.SignalStop();

    protected override void Dispose(bool disposing)
    {
        if (disposing) StopJob();
        base.Dispose(disposing);
    }

    async Task WatchAsync()
    {
        var end = JobState.Stopped;
        try
        {
            await _instance.Completion.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            end = JobState.Failed;
            Error.Add(new(e, "ServiceFailed", ErrorCategory.NotSpecified, _instance.Name));
        }
        Output.Add(PSObject.AsPSObject(OutputObject.Of(_instance.Status)));
        Output.Complete();
        SetJobState(end);
    }
}
