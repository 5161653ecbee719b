using System.Diagnostics;
using RedisML.Errors;
using RedisML.Runs.Exchange;

namespace RedisML.Runs.Nodes;

/// <summary>How a node stands before a step.</summary>
/// <param name="Share">What it works on.</param>
/// <param name="Decided">Where the step is decided already: what was contributed to it.</param>
internal sealed record Formation(string Generation, Share Share, bool IsReady, StepResult? Decided = null);

// How a node gets its state, and how those of a new generation start at the same step.
internal sealed partial class RunNode
{
    static readonly TimeSpan s_lookPause = TimeSpan.FromMilliseconds(500);

    string _readyIn = "";
    string _nobodyIn = "";
    long? _nobodySince;
    bool _wasMember;

    // Generations and phases that were announced, and how many of them this node has looked at.
    int _changes;
    int _seenChanges = -1;

    /// <summary>Waits to be a member, and finds the state to begin with; empty: the start.</summary>
    public async Task<byte[]> EnterAsync()
    {
        _position = "-";
        _readyIn = "";
        bool isBack = false;
        for (var watch = Stopwatch.StartNew(); ;)
        {
            var next = _signal.Next;
            var view = await LookAsync(Stopping).ConfigureAwait(false);
            var control = view.Control;
            ThrowIfFailed();
            ThrowIfEnded(control);
            if (!control.Members.Contains(_id))
            {
                if (IsAlone) throw Replaced();
                if (_wasMember)
                {
                    // Shut out: come back as somebody new.
                    _wasMember = false;
                    _id = NewId(_name);
                    await AnnounceAsync(isMember: false, Stopping).ConfigureAwait(false);
                    isBack = true;
                }
                if (view.Candidates.GetValueOrDefault(_id) is ['!', .. var reason])
                    throw new NodeOutException("NodeRefused", ErrorKind.InvalidOperation, $"The run doesn't take this node: {reason}.", _id);
                if (watch.Elapsed.TotalSeconds > _options.JoinTimeout) throw NotLetIn(control, isBack);
            }
            else
            {
                if (!_wasMember)
                {
                    _wasMember = true;
                    await _ledger.RetryAsync(() => _ledger.Database.HashDeleteAsync(_ledger.Keys.Candidates, _id), Stopping).ConfigureAwait(false);
                }
                if (await StateAsync(view).ConfigureAwait(false) is { } state)
                {
                    (_lineage, _step) = (control.Lineage, control.Step);
                    _position = $"{_lineage}:{_step}";
                    return state;
                }
                await RestartIfNobodyHasItAsync(view).ConfigureAwait(false);
            }
            await WaitAsync(next, s_lookPause, Stopping).ConfigureAwait(false);
        }
    }

    /// <summary>The state at the run's step; null where nobody has left it yet.</summary>
    async Task<byte[]?> StateAsync(RunView view)
    {
        var control = view.Control;
        if (control.Step == 0) return [];
        bool isCheckpoint = control.CheckpointStep == control.Step && control.DecidedGeneration == "";
        var key = isCheckpoint ? control.Checkpoint : control.SnapshotStep == control.Step ? control.Snapshot : "";
        if (!_ledger.Keys.IsBlob(key)) return null;
        var blob = await _ledger.RetryAsync(() => _ledger.Database.StringGetAsync(key), Stopping).ConfigureAwait(false);
        if (!blob.IsNull && RunBlob.Open(blob, _ledger.Incarnation, null, control.Step, null) is { } state) return state.ToArray();
        return !isCheckpoint ? null : throw new RedisMLException("CheckpointLost", ErrorKind.InvalidData,
            $"The checkpoint of run '{_ledger.Specification.Id}' at step {control.Step} is missing, or not what was written there. Start the training again.", key);
    }

    /// <summary>Where no member that is alive has the state of the run's step, the run goes back to its checkpoint.</summary>
    async Task RestartIfNobodyHasItAsync(RunView view)
    {
        var control = view.Control;
        if (_nobodySince is null || _nobodyIn != control.Generation) (_nobodySince, _nobodyIn) = (Stopwatch.GetTimestamp(), control.Generation);
        var holders = control.Members.Where(member => !_heartbeats.IsDead(member) && IsNear(view, member, control)).ToList();
        if (holders.Count > 0) _nobodySince = Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(_nobodySince.Value) < Limit || control.Members[0] != _id) return;
        await ProposeAsync(control, control.Members, $"nobody has the state at step {control.Step}", restart: true).ConfigureAwait(false);
    }

    static bool IsNear(RunView view, string member, RunControl control) =>
        view.Positions.GetValueOrDefault(member) is { } position
        && (position == $"{control.Lineage}:{control.Step}" || position == $"{control.Lineage}:{control.Step - 1}");

    /// <summary>Catches up with the generation that the run is in now, up to the point before <see cref="ReadyAsync"/>.</summary>
    public async Task<Formation> FormAsync(RunReplica replica, int leaves)
    {
        _position = $"{_lineage}:{_step}";
        while (true)
        {
            var next = _signal.Next;
            int changes = Volatile.Read(ref _changes);
            ThrowIfFailed();
            if (changes == _seenChanges && _view!.Control is { HasEnded: false } last && last.Generation == _readyIn) return Formed(last, leaves);
            var view = await LookAsync(Stopping).ConfigureAwait(false);
            var control = view.Control;
            ThrowIfEnded(control);
            if (!control.Members.Contains(_id)) throw new ReplicaLostException("shut out");
            if (control.Lineage != _lineage) throw new ReplicaLostException("the run went back to a checkpoint");
            if (control.Step < _step)
            {
                // The server has lost what was decided.
                await ProposeAsync(control, control.Members, $"the server went back from step {_step} to {control.Step}", restart: true).ConfigureAwait(false);
                continue;
            }
            if (control.Step == _step + 1)
            {
                if (await DecidedAsync(control).ConfigureAwait(false) is { } decided) return Formed(control, leaves) with { Decided = decided };
                await ProposeAsync(control, control.Members, $"what {string.Join(", ", control.DecidedMembers)} contributed to step {control.Step} is gone").ConfigureAwait(false);
                throw new ReplicaLostException("a decided step can't be read any more");
            }
            if (control.Step > _step + 1) throw new ReplicaLostException("behind the others");
            if (control.Phase == RunPhase.Run && _readyIn == control.Generation)
            {
                _seenChanges = changes;
                return Formed(control, leaves);
            }
            if (control.Phase == RunPhase.Form)
            {
                await LeaveSnapshotAsync(view, replica).ConfigureAwait(false);
                return Formed(control, leaves);
            }
            await WaitAsync(next, s_lookPause, Stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Says that this node has the state and the data of its share, and waits until all have.</summary>
    /// <returns>False where another generation has begun.</returns>
    public async Task<bool> ReadyAsync(Formation formation, RunReplica replica)
    {
        var status = await _ledger.ReadyAsync(formation.Generation, _id, _lineage, _step, replica.Digest, Stopping).ConfigureAwait(false);
        for (var watch = Stopwatch.StartNew(); status is "RUN" or "WAIT" or "PHASE";)
        {
            var next = _signal.Next;
            int changes = Volatile.Read(ref _changes);
            ThrowIfFailed();
            var view = await LookAsync(Stopping).ConfigureAwait(false);
            if (view.Control.Generation != formation.Generation || view.Control.HasEnded) return false;
            if (view.Control.Phase == RunPhase.Run)
            {
                (_readyIn, _seenChanges) = (formation.Generation, changes);
                return true;
            }
            // One that holds the state may have to leave it for those who came while it was getting ready.
            await LeaveSnapshotAsync(view, replica).ConfigureAwait(false);
            if (watch.Elapsed.TotalSeconds > _options.JoinTimeout) await DropMissingAsync(view, "r", "not ready").ConfigureAwait(false);
            await WaitAsync(next, s_lookPause, Stopping).ConfigureAwait(false);
        }
        return false;
    }

    /// <summary>The first member that has the state leaves it for those who haven't.</summary>
    async Task LeaveSnapshotAsync(RunView view, RunReplica replica)
    {
        var control = view.Control;
        if (control.Step == 0 || control.DecidedGeneration == "" || control.SnapshotGeneration == control.Generation && control.SnapshotStep == control.Step) return;
        if (control.Members.All(member => IsNear(view, member, control))) return;
        var first = control.Members.FirstOrDefault(member => member == _id || view.Positions.GetValueOrDefault(member) == _position);
        if (first != _id) return;
        await _ledger.PointAsync(control.Generation, _id, "snap", _step, replica.Save(), Stopping).ConfigureAwait(false);
        Interlocked.Increment(ref _changes);
        _signal.Raise();
    }

    async Task DropMissingAsync(RunView view, string arrived, string what)
    {
        var missing = view.Control.Members.Where(member => member != _id && view.Arrivals.GetValueOrDefault(member) != arrived).ToList();
        if (missing.Count > 0)
            await ProposeAsync(view.Control, [.. view.Control.Members.Except(missing)], $"{string.Join(", ", missing)} {what} in time").ConfigureAwait(false);
    }

    Formation Formed(RunControl control, int leaves) => new(control.Generation,
        Share.Of(leaves, control.Members.TakeWhile(member => member != _id).Count(), control.Members.Count), _readyIn == control.Generation);

    NodeOutException NotLetIn(RunControl control, bool isBack) => control.Members.Count >= _options.Limit
        ? new("RunFull", ErrorKind.ResourceBusy, $"Run '{_ledger.Specification.Id}' has its {_options.Limit} nodes already ({string.Join(", ", control.Members)}).", _id)
        : new("NodeNotLetIn", ErrorKind.OperationTimeout,
            $"No member of run '{_ledger.Specification.Id}' ({string.Join(", ", control.Members)}) let this node {(isBack ? "back " : "")}in within {_options.JoinTimeout:0.#} s.", _id);

    NodeOutException Replaced() => new("RunTakenOver", ErrorKind.ResourceBusy,
        $"Run '{_ledger.Specification.Id}' was taken up elsewhere while this process was away.", _ledger.Specification.Id);
}
