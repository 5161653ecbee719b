using RedisML.Runs.Exchange;

namespace RedisML.Runs;

/// <summary>A program run by several workers in this process, each a thread that the caller provides. Worker 0 leads.</summary>
internal sealed class RunSession<T>
{
    readonly Func<WorkerTeam, IRunProgram<T>> _create;
    readonly INodeLink _link;
    readonly WorkerTeam _team = new();
    readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="create">Makes the program, anew for each time that this node enters the run.</param>
    public RunSession(Func<WorkerTeam, IRunProgram<T>> create, INodeLink link, int workerCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workerCount, 1);
        (_create, _link, WorkerCount) = (create, link, workerCount);
    }

    public int WorkerCount { get; }

    /// <summary>The outcome: what the program comes to, the first error, or cancellation.</summary>
    public Task<T> Completion => _completion.Task;

    /// <summary>Works as one of the workers, on the caller's thread, until the program has ended, however it ended.</summary>
    /// <param name="worker">The number of the worker: from 0 to <see cref="WorkerCount"/> − 1, each once.</param>
    /// <param name="cancellation">Ends the program for all workers.</param>
    public void Work(int worker, CancellationToken cancellation)
    {
        if (worker == 0) Lead(cancellation);
        else _team.Help(worker, cancellation);
    }

    /// <summary>Runs on threads of its own.</summary>
    public Task<T> RunAsync(CancellationToken cancellation)
    {
        for (int i = 0; i < WorkerCount; i++)
        {
            int worker = i;
            new Thread(() => Work(worker, cancellation)) { IsBackground = true, Name = $"RedisML worker {worker}" }.Start();
        }
        return Completion;
    }

    void Lead(CancellationToken cancellation)
    {
        try
        {
            T? result = default;
            _team.Lead(() => result = Run(), cancellation);
            _completion.SetResult(result!);
        }
        catch (OperationCanceledException e)
        {
            _completion.SetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            _completion.SetException(e);
        }
    }

    T Run()
    {
        while (true)
        {
            var program = _create(_team);
            _link.Use(program.Prepare, program.Leaves);
            try
            {
                return program.Run(new RunReplica(_link, _link.Enter(_team.Wait)));
            }
            catch (ReplicaLostException) { }
        }
    }
}
