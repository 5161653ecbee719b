using System.Security.Cryptography;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Runs.Nodes;

namespace RedisML.Runs;

/// <summary>How a process comes into a run: as its first node, as one more, or as the one that takes it up again.</summary>
/// <param name="Member">Who this node is, where it is a member already; null where it has to be let in.</param>
internal readonly record struct RunEntry(RunLedger Ledger, string? Member)
{
    public RunSpecification Specification => Ledger.Specification;

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    /// <summary>Starts a run, with this process as its first node.</summary>
    public static async Task<RunEntry> StartAsync(RedisMLConnection connection, RunSpecification run, CancellationToken cancellation)
    {
        var node = RunMembership.NewId(RunMembership.NewName());
        return new(await new RunStore(connection).CreateAsync(run, node, cancellation).ConfigureAwait(false), node);
    }

    /// <summary>Asks to take part in a run as one more node.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>; <c>RunEnded</c>; <c>RunFull</c>; <c>NodeRefused</c>:
    /// another version of the module.</exception>
    public static async Task<RunEntry> JoinAsync(RedisMLConnection connection, string id, CancellationToken cancellation)
    {
        var (ledger, control) = await new RunStore(connection).OpenAsync(id, cancellation).ConfigureAwait(false);
        if (control.HasEnded)
        {
            throw new RedisMLException("RunEnded", ErrorKind.InvalidOperation, control.Phase == RunPhase.Done
                ? $"Training run '{id}' has completed."
                : $"Training run '{id}' has {control.Phase} ({control.Reason}); Resume-RedisDistributedTraining goes on with it.", id);
        }
        ledger.Specification.CheckVersion();
        if (ledger.Specification.Nodes.Limit == 1)
        {
            throw new RedisMLException("RunFull", ErrorKind.InvalidOperation,
                $"Training run '{id}' was started for one node. Give Start-RedisDistributedTraining -NodeCount or -MaxNode to let others " +
                "take part.", id);
        }
        return new(ledger, null);
    }

    /// <summary>A run that was stopped, failed or interrupted, and may be gone on with.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>; <c>RunEnded</c>; <c>RunActive</c>; <c>NodeRefused</c>.</exception>
    public static async Task<(RunLedger Ledger, RunControl Control)> FindResumableAsync(
        RedisMLConnection connection, string id, CancellationToken cancellation)
    {
        var store = new RunStore(connection);
        var (ledger, control) = await store.OpenAsync(id, cancellation).ConfigureAwait(false);
        var run = await store.GetAsync(id, cancellation).ConfigureAwait(false);
        // One that couldn't be published yet, as where replicas were missing, computes its last steps once more.
        if (run.State == RunState.Completed && control.Published > 0)
            throw new RedisMLException("RunEnded", ErrorKind.InvalidOperation, $"Training run '{id}' has completed.", id);
        if (!control.HasEnded && run.State != RunState.Interrupted) throw RunStore.Active(run);
        ledger.Specification.CheckVersion();
        return (ledger, control);
    }

    /// <summary>Goes on with a run from its last checkpoint, with this process as its first node.</summary>
    /// <exception cref="RedisMLException"><c>RunActive</c>: somebody else was faster.</exception>
    public static async Task<RunEntry> ResumeAsync(RedisMLConnection connection, RunLedger ledger, RunControl control,
        CancellationToken cancellation)
    {
        var node = RunMembership.NewId(RunMembership.NewName());
        var options = ledger.Specification.Nodes;
        var phase = options.Limit == 1 ? RunPhase.Run
            : (control.Started ? options.MinNode : options.NodeCount) <= 1 ? RunPhase.Form : RunPhase.Pause;
        if (await ledger.ProposeAsync(control, [node], phase, $"resumed on {node}", node, restart: true, cancellation)
            .ConfigureAwait(false))
            return new(ledger, node);
        throw RunStore.Active(await new RunStore(connection).GetAsync(ledger.Specification.Id, cancellation).ConfigureAwait(false));
    }
}
