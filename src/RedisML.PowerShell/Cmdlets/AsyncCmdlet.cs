using System.Collections.Concurrent;
using System.Management.Automation;

namespace RedisML.PowerShell;

/// <summary>The bridge between the pipeline thread and asynchronous work: the only place that blocks on a task.</summary>
/// <remarks>
/// <see cref="Run"/> executes the work elsewhere and, until it ends, whatever it posts on the pipeline thread. Ask
/// <c>ShouldProcess</c> before <see cref="Run"/>: inside, only <see cref="Post"/> may touch the cmdlet.
/// </remarks>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    const int PumpCapacity = 64;

    readonly CancellationTokenSource _stop = new();
    BlockingCollection<Action>? _pump;
    CancellationToken _cancellation;

    /// <summary>Runs <paramref name="work"/> to its end. Its token is cancelled by Ctrl+C and when the pipeline ends early.</summary>
    protected void Run(Func<CancellationToken, Task> work)
    {
        using var pump = _pump = new BlockingCollection<Action>(PumpCapacity);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var token = _cancellation = cancel.Token;
        var task = Task.Run(async () =>
        {
            try { await work(token).ConfigureAwait(false); }
            finally { pump.CompleteAdding(); }
        }, CancellationToken.None);
        try
        {
            foreach (var action in pump.GetConsumingEnumerable()) action();
        }
        catch
        {
            cancel.Cancel();
            try { task.Wait(CancellationToken.None); }
            catch (AggregateException) { }
            throw;
        }
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (RedisMLException e)
        {
            ThrowTerminatingError(ToErrorRecord(e));
        }
    }

    /// <summary>Hands an action, such as a write, to the pipeline thread; waits where that one is behind.</summary>
    protected void Post(Action action) => _pump!.Add(action, _cancellation);

    /// <summary>Writes an object from within <see cref="Run"/>.</summary>
    protected void PostObject(object value) => Post(() => WriteObject(value));

    /// <summary>Writes a non-terminating error from within <see cref="Run"/>.</summary>
    protected void PostError(RedisMLException error) => Post(() => WriteError(ToErrorRecord(error)));

    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>The PowerShell form of an error of Core.</summary>
    protected static ErrorRecord ToErrorRecord(RedisMLException error) =>
        new(error, error.ErrorId, Enum.Parse<ErrorCategory>(error.Kind.ToString()), error.Target);

    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }
}
