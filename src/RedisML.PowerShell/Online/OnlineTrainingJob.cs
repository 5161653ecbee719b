using System.Management.Automation;
using RedisML.Errors;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Outputs;

namespace RedisML.PowerShell.Online;

/// <summary>An online training as a job: it learns until it is stopped.</summary>
public sealed class OnlineTrainingJob : RedisMLJob
{
    readonly OnlineTrainer _trainer;

    internal OnlineTrainingJob(string command, OnlineTrainer trainer) : base(command, $"Online-{trainer.Model}-{trainer.Id}")
    {
        _trainer = trainer;
        PSJobTypeName = "RedisMLOnlineTraining";
        Output.EnumeratorNeverBlocks = Error.EnumeratorNeverBlocks = Verbose.EnumeratorNeverBlocks = Debug.EnumeratorNeverBlocks = true;
    }

    public override bool HasMoreData => Output.Count + Error.Count + Verbose.Count + Debug.Count > 0;

    public override string Location => "localhost";

    /// <summary>How the training fares, as <c>Get-Job</c> can show it.</summary>
    public override string StatusMessage
    {
        get
        {
            var (training, version) = (Training, Training.Trainer?.Version);
            string quality = training.Accuracy is { } accuracy ? $"accuracy {accuracy:0.0000}" : $"loss {training.Loss:0.####}";
            return $"{training.Model}{(version is null ? "" : $", version {version}")}: {training.Samples:N0} learned, {quality}, " +
                $"{training.Rejected:N0} rejected";
        }
    }

    /// <summary>How the training fares.</summary>
    public OnlineTraining Training => _trainer.Describe();

    public override void StopJob()
    {
        _trainer.SignalStop();
        if (JobStateInfo.State == JobState.Running) Finished.WaitOne();
    }

    internal Task Start()
    {
        SetJobState(JobState.Running);
        return WatchAsync();
    }

    internal void SignalStop() => _trainer.SignalStop();

    /// <summary>What ended it that shouldn't have; null for nothing.</summary>
    internal RedisMLException? Failure { get; private set; }

    protected override void Dispose(bool disposing)
    {
        if (disposing) StopJob();
        base.Dispose(disposing);
    }

    async Task WatchAsync()
    {
        var end = _trainer.EndsByItself ? JobState.Completed : JobState.Stopped;
        try
        {
            await _trainer.Completion.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            end = JobState.Failed;
            Failure = e as RedisMLException;
            Error.Add(new(e, Failure?.ErrorId ?? "OnlineTrainingFailed", ErrorCategory.NotSpecified, _trainer.Model));
        }
        Output.Add(PSObject.AsPSObject(OutputObject.Of(Training)));
        Output.Complete();
        Error.Complete();
        SetJobState(end);
    }
}
