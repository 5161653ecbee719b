using System.Management.Automation;
using RedisML.Training.Scripts;

namespace RedisML.PowerShell.Training;

/// <summary>Where in a training a script is called, and what it can tell: its third argument.</summary>
public sealed class TrainingScriptContext
{
    readonly WorkerJob _job;
    readonly ScriptHost _host;
    ScriptStep _step;

    internal TrainingScriptContext(int worker, WorkerJob job, ScriptHost host) => (Worker, _job, _host) = (worker, job, host);

    /// <summary>The worker's number in this process, from 0.</summary>
    public int Worker { get; }

    /// <summary>The node: this machine's name and the process's id.</summary>
    public string Node { get; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Steps before this one.</summary>
    public int Step => _step.Step;

    /// <summary>Passes over the rows before this one; of L-BFGS, iterations.</summary>
    public int Epoch => _step.Epoch;

    /// <summary>Whether the batch is of the validation dataset: then the loss alone is asked for.</summary>
    public bool IsValidation => _step.IsValidation;

    /// <summary>Records a figure of the run; those of one epoch are averaged.</summary>
    public void WriteMetric(string name, double value) => _host.WriteMetric(name, Epoch, value);

    /// <summary>Shows how far this worker is.</summary>
    public void WriteProgress(string status, int percent = -1) =>
        _job.Progress.Add(new ProgressRecord(Worker + 1, $"Worker {Worker}", status) { PercentComplete = percent });

    internal void Enter(ScriptStep step) => _step = step;
}
