using System.Diagnostics;

namespace RedisML.Runs.Nodes;

// Who takes part: members judge each other, and the first that is alive lets candidates in.
internal sealed partial class RunNode
{
    static readonly TimeSpan s_rankPause = TimeSpan.FromMilliseconds(200);

    long _admitted = Stopwatch.GetTimestamp();
    long? _lacking;

    async Task ManageAsync(RunView view)
    {
        var control = view.Control;
        if (control.HasEnded) return;
        if (!control.Members.Contains(_id))
        {
            await TakeOverAsync(view).ConfigureAwait(false);
            return;
        }
        if (IsAlone) return;
        var dead = control.Members.Where(member => member != _id && _heartbeats.IsDead(member)).ToList();
        var alive = control.Members.Except(dead).ToList();
        int rank = alive.IndexOf(_id);
        if (dead.Count > 0)
        {
            // In order of rank, so that not all propose at once.
            if (rank > 0) await Task.Delay(s_rankPause * rank, Stopping).ConfigureAwait(false);
            await ProposeAsync(control, alive, $"lost {string.Join(", ", dead)}: no sign of life for {_options.NodeTimeout:0.#} s").ConfigureAwait(false);
        }
        else if (rank == 0)
        {
            await LetInAsync(view).ConfigureAwait(false);
            await CheckEnoughAsync(control).ConfigureAwait(false);
        }
    }

    /// <summary>The first member lets in those who wait and fit, all at once, and not too often.</summary>
    async Task LetInAsync(RunView view)
    {
        var control = view.Control;
        bool isWaiting = control.Phase == RunPhase.Pause;
        if (!isWaiting && Stopwatch.GetElapsedTime(_admitted) < Limit) return;
        var fit = new List<string>();
        foreach (var (candidate, text) in view.Candidates)
        {
            if (control.Members.Contains(candidate) || text.StartsWith('!')) continue;
            if ((NodeDescription.Of(text) is { } node ? node.Unfit(_ledger.Specification) : "it doesn't say what it is") is { } reason)
            {
                await _ledger.RetryAsync(() => _ledger.Database.HashSetAsync(_ledger.Keys.Candidates, candidate, $"!{reason}"), Stopping).ConfigureAwait(false);
            }
            else if (_heartbeats.IsAlive(candidate))
            {
                fit.Add(candidate);
            }
        }
        fit = [.. fit.Order(StringComparer.Ordinal).Take(Math.Max(0, _options.Limit - control.Members.Count))];
        if (fit.Count == 0) return;
        if (await ProposeAsync(control, [.. control.Members, .. fit], $"let in {string.Join(", ", fit)}").ConfigureAwait(false))
            _admitted = Stopwatch.GetTimestamp();
    }

    /// <summary>Ends a run that has lacked nodes for too long.</summary>
    async Task CheckEnoughAsync(RunControl control)
    {
        if (control.Phase != RunPhase.Pause)
        {
            _lacking = null;
            return;
        }
        _lacking ??= Stopwatch.GetTimestamp();
        if (control.Stop.Length > 0)
        {
            await _ledger.EndAsync(control.Generation, _id, RunPhase.Stopped, control.Stop, Stopping).ConfigureAwait(false);
        }
        else if (Stopwatch.GetElapsedTime(_lacking.Value).TotalSeconds > _options.JoinTimeout)
        {
            await _ledger.EndAsync(control.Generation, _id, RunPhase.Failed,
                $"only {control.Members.Count} of {Required(control)} nodes were there for {_options.JoinTimeout:0.#} s ({string.Join(", ", control.Members)}); {control.Reason}",
                Stopping, errorId: "TooFewNodes").ConfigureAwait(false);
        }
    }

    /// <summary>Where all members of a run are dead, those who wait go on from its checkpoint.</summary>
    async Task TakeOverAsync(RunView view)
    {
        var control = view.Control;
        if (IsAlone || !view.Candidates.ContainsKey(_id) || !control.Members.All(_heartbeats.IsDead)) return;
        var waiting = view.Candidates.Keys.Where(candidate => candidate == _id || _heartbeats.IsAlive(candidate)).Order(StringComparer.Ordinal).ToList();
        await Task.Delay(s_rankPause * waiting.IndexOf(_id), Stopping).ConfigureAwait(false);
        await _ledger.ProposeAsync(control, waiting, waiting.Count >= Required(control) ? RunPhase.Form : RunPhase.Pause,
            $"all members were lost ({string.Join(", ", control.Members)})", _id, restart: true, Stopping).ConfigureAwait(false);
    }

    int Required(RunControl control) => control.Started ? _options.MinNode : _options.NodeCount;

    Task<bool> ProposeAsync(RunControl control, IReadOnlyList<string> members, string reason, bool restart = false) => _ledger.ProposeAsync(
        control, members, members.Count >= Required(control) ? RunPhase.Form : RunPhase.Pause, reason, _id, restart, Stopping);

    /// <summary>Takes this node out, in good order.</summary>
    public async Task LeaveAsync(byte[]? state)
    {
        using var patience = new CancellationTokenSource(Limit);
        var control = (await _ledger.BeatAsync(_id, _position, patience.Token).ConfigureAwait(false)).Control;
        if (control.HasEnded || !control.Members.Contains(_id)) return;
        var others = control.Members.Where(member => member != _id && !_heartbeats.IsDead(member)).ToList();
        if (others.Count > 0)
        {
            await _ledger.ProposeAsync(control, others, others.Count >= Required(control) ? RunPhase.Form : RunPhase.Pause,
                $"{_id} left", _id, restart: false, patience.Token).ConfigureAwait(false);
            return;
        }
        if (state is not null) await SaveCheckpointAsync(control.Generation, _step, state, patience.Token).ConfigureAwait(false);
        await _ledger.EndAsync(control.Generation, _id, RunPhase.Stopped, $"stopped on {_id}", patience.Token).ConfigureAwait(false);
    }
}
