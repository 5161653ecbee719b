using System.Diagnostics;
using RedisML.Errors;
using RedisML.Runs.Exchange;

namespace RedisML.Runs.Nodes;

/// <summary>How a node gets its state, how members of a new generation start at the same step, and how they take steps.</summary>
/// <remarks>For the leader of the workers: one call after the other.</remarks>
internal sealed class StepProtocol(RunLedger ledger, RunMembership membership, RunEvents events)
{
    static readonly TimeSpan s_lookPause = TimeSpan.FromMilliseconds(500);

    readonly StepExchange _exchange = new(ledger, membership, events);
    string _readyIn = "";
    string _nobodyIn = "";
    long? _nobodySince;
    bool _wasMember;

    CancellationToken Stopping => membership.Stopping;

    StatePosition Position => membership.Position!;

    /// <summary>Alone, there is nobody to agree with: only whether the run still is this node's.</summary>
    public void CheckAlone()
    {
        membership.ThrowIfFailed();
        membership.ThrowIfOut(membership.Control!);
    }

    /// <summary>Waits to be a member, and finds the state to begin with; empty: the start.</summary>
    public async Task<byte[]> EnterAsync()
    {
        membership.Position = null;
        _readyIn = "";
        bool isBack = false;
        await membership.TellAsync().ConfigureAwait(false);
        for (var watch = Stopwatch.StartNew(); ;)
        {
            var next = events.Next;
            var view = await membership.LookAsync(Stopping).ConfigureAwait(false);
            var control = view.Control;
            membership.ThrowIfFailed();
            if (control.HasEnded || control.Members.Contains(membership.Id) || membership.IsAlone) membership.ThrowIfOut(control);
            if (!control.Members.Contains(membership.Id))
            {
                if (_wasMember)
                {
                    _wasMember = false;
                    await membership.ComeBackAsync().ConfigureAwait(false);
                    isBack = true;
                }
                if (view.Candidates.GetValueOrDefault(membership.Id) is ['!', .. var reason])
                {
                    throw new NodeOutException(
                        "NodeRefused", ErrorKind.InvalidOperation, $"The run doesn't take this node: {reason}.", membership.Id);
                }
                if (watch.Elapsed.TotalSeconds > membership.Options.JoinTimeout) throw NotLetIn(control, isBack);
            }
            else
            {
                if (!_wasMember)
                {
                    _wasMember = true;
                    await membership.ForgetCandidateAsync().ConfigureAwait(false);
                }
                if (await StateAsync(control).ConfigureAwait(false) is { } state)
                {
                    membership.Position = new(control.Lineage, control.Step);
                    return state;
                }
                await RestartIfNobodyHasItAsync(view).ConfigureAwait(false);
            }
            await RunEvents.WaitAsync(next, s_lookPause, Stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Catches up with the generation that the run is in now, up to the point before <see cref="ReadyAsync"/>.</summary>
    public async Task<Formation> FormAsync(RunReplica replica, int leaves)
    {
        while (true)
        {
            var next = events.Next;
            int changes = events.Changes;
            membership.ThrowIfFailed();
            var last = membership.Control!;
            if (!events.HasChanged && !last.HasEnded && last.Generation == _readyIn) return Formed(last, leaves);
            await membership.TellAsync().ConfigureAwait(false);
            var view = await membership.LookAsync(Stopping).ConfigureAwait(false);
            var control = view.Control;
            membership.ThrowIfOut(control);
            var (lineage, step) = Position;
            if (control.Lineage != lineage) throw new ReplicaLostException("the run went back to a checkpoint");
            if (control.Step < step)
            {
                // The server has lost what was decided.
                await ProposeAsync(control, $"the server went back from step {step} to {control.Step}", restart: true)
                    .ConfigureAwait(false);
                continue;
            }
            if (control.Step == step + 1)
            {
                if (await _exchange.DecidedAsync(control).ConfigureAwait(false) is { } decided)
                    return Formed(control, leaves) with { Decided = decided, DecidedIn = control.DecidedGeneration };
                var reason = $"what {string.Join(", ", control.DecidedMembers)} contributed to step {control.Step} is gone";
                await ProposeAsync(control, reason, restart: false).ConfigureAwait(false);
                throw new ReplicaLostException("a decided step can't be read any more");
            }
            if (control.Step > step + 1) throw new ReplicaLostException("behind the others");
            if (control.Phase == RunPhase.Run && _readyIn == control.Generation)
            {
                events.See(changes);
                return Formed(control, leaves);
            }
            if (control.Phase == RunPhase.Form)
            {
                await LeaveSnapshotAsync(view, replica).ConfigureAwait(false);
                return Formed(control, leaves);
            }
            await RunEvents.WaitAsync(next, s_lookPause, Stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Says that this node has the state and the data of its share, and waits until all have.</summary>
    /// <returns>False where another generation has begun.</returns>
    public async Task<bool> ReadyAsync(Formation formation, RunReplica replica)
    {
        var (lineage, step) = Position;
        var status = await ledger.ReadyAsync(
            formation.Generation, membership.Id, lineage, step, replica.Digest, Stopping).ConfigureAwait(false);
        for (var watch = Stopwatch.StartNew(); status is "RUN" or "WAIT" or "PHASE";)
        {
            var next = events.Next;
            int changes = events.Changes;
            membership.ThrowIfFailed();
            var view = await membership.LookAsync(Stopping).ConfigureAwait(false);
            if (view.Control.Generation != formation.Generation || view.Control.HasEnded) return false;
            if (view.Control.Phase == RunPhase.Run)
            {
                _readyIn = formation.Generation;
                events.See(changes);
                return true;
            }
            // One that holds the state may have to leave it for those who came while it was getting ready.
            await LeaveSnapshotAsync(view, replica).ConfigureAwait(false);
            if (watch.Elapsed.TotalSeconds > membership.Options.JoinTimeout)
                await membership.DropMissingAsync(view, "r", "not ready").ConfigureAwait(false);
            await RunEvents.WaitAsync(next, s_lookPause, Stopping).ConfigureAwait(false);
        }
        return false;
    }

    /// <inheritdoc cref="StepExchange.ExchangeAsync"/>
    public Task<StepResult?> ExchangeAsync(Formation formation, Contribution contribution, int length, int leaves, ulong digest) =>
        _exchange.ExchangeAsync(formation, contribution, length, leaves, digest);

    /// <summary>The step that was agreed on is this node's too.</summary>
    public void Advance() => membership.Position = Position with { Step = Position.Step + 1 };

    /// <summary>The state at the run's step; null where nobody has left it yet.</summary>
    async Task<byte[]?> StateAsync(RunControl control)
    {
        if (control.Step == 0) return [];
        bool isCheckpoint = control.CheckpointStep == control.Step && control.DecidedGeneration == "";
        var key = isCheckpoint ? control.Checkpoint : control.SnapshotStep == control.Step ? control.Snapshot : "";
        if (!ledger.Keys.IsBlob(key)) return null;
        var blob = await ledger.RetryAsync(() => ledger.Database.StringGetAsync(key), Stopping).ConfigureAwait(false);
        if (!blob.IsNull && RunBlob.Open(blob, ledger.Incarnation, null, control.Step, null, ledger.Seal, key) is { } state)
            return state.ToArray();
        return !isCheckpoint ? null : throw new RedisMLException("CheckpointLost", ErrorKind.InvalidData,
            $"The checkpoint of run '{ledger.Specification.Id}' at step {control.Step} is missing, or not what was written there. " +
            "Start the training again.", key);
    }

    /// <summary>Where no member that is alive has the state of the run's step, the run goes back to its checkpoint.</summary>
    async Task RestartIfNobodyHasItAsync(RunView view)
    {
        var control = view.Control;
        if (_nobodySince is null || _nobodyIn != control.Generation)
            (_nobodySince, _nobodyIn) = (Stopwatch.GetTimestamp(), control.Generation);
        if (control.Members.Any(member => !membership.IsDead(member) && view.IsNear(member))) _nobodySince = Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(_nobodySince.Value) < membership.Limit || control.Members[0] != membership.Id) return;
        await ProposeAsync(control, $"nobody has the state at step {control.Step}", restart: true).ConfigureAwait(false);
    }

    /// <summary>The first member that has the state leaves it for those who haven't.</summary>
    async Task LeaveSnapshotAsync(RunView view, RunReplica replica)
    {
        var control = view.Control;
        bool isThere = control.SnapshotGeneration == control.Generation && control.SnapshotStep == control.Step;
        if (control.Step == 0 || control.DecidedGeneration == "" || isThere || control.Members.All(view.IsNear)) return;
        var position = Position.ToString();
        var first =
            control.Members.FirstOrDefault(member => member == membership.Id || view.Positions.GetValueOrDefault(member) == position);
        if (first != membership.Id) return;
        await ledger.PointAsync(control.Generation, membership.Id, "snap", Position.Step, replica.Save(), Stopping).ConfigureAwait(false);
        events.Change();
    }

    Task ProposeAsync(RunControl control, string reason, bool restart) =>
        membership.ProposeAsync(control, control.Members, reason, Stopping, restart);

    Formation Formed(RunControl control, int leaves)
    {
        int rank = control.Members.TakeWhile(member => member != membership.Id).Count();
        return new(control.Generation, Position.Step + 1, control.Members, Share.Of(leaves, rank, control.Members.Count),
            _readyIn == control.Generation);
    }

    NodeOutException NotLetIn(RunControl control, bool isBack)
    {
        var (id, options, members) = (ledger.Specification.Id, membership.Options, string.Join(", ", control.Members));
        return control.Members.Count >= options.Limit
            ? new("RunFull", ErrorKind.ResourceBusy, $"Run '{id}' has its {options.Limit} nodes already ({members}).", membership.Id)
            : new("NodeNotLetIn", ErrorKind.OperationTimeout,
                $"No member of run '{id}' ({members}) let this node {(isBack ? "back " : "")}in within {options.JoinTimeout:0.#} s.",
                membership.Id);
    }
}
