using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text.Json;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Runs.Exchange;

namespace RedisML.Runs.Nodes;

/// <summary>Who takes part in a run: this node beats, members judge each other, and the first that is alive lets candidates in.</summary>
internal sealed class RunMembership : IAsyncDisposable
{
    /// <summary>Of the run's progress: the node that left last, and nobody was there to go on.</summary>
    public const string LeftField = "left";

    /// <summary>A death is noticed up to two beats later than it could be.</summary>
    static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan s_rankPause = TimeSpan.FromMilliseconds(200);

    readonly RunLedger _ledger;
    readonly RunEvents _events;
    readonly Heartbeats _heartbeats;
    readonly CancellationTokenSource _stop = new();
    readonly IReadOnlyList<DatasetPin> _pins;
    readonly int _workers;
    readonly string _name;
    Task _beating = Task.CompletedTask;
    volatile RunView? _view;
    volatile Exception? _failure;
    volatile string _id;
    volatile StatePosition? _position;
    volatile Sign? _told;
    volatile bool _hasLeft;
    long _admitted = Stopwatch.GetTimestamp();
    long? _lacking;

    /// <param name="id">Who it is, where it is a member already.</param>
    /// <param name="pins">
    /// Of the versions of datasets that the run reads: kept with each beat, so that they stay for nodes that come later.
    /// </param>
    public RunMembership(RunLedger ledger, RunEvents events, int workers, string? id, IReadOnlyList<DatasetPin> pins)
    {
        (_ledger, _events, _workers, _pins) = (ledger, events, workers, pins);
        _heartbeats = new(Limit);
        _name = id?[..id.LastIndexOf('.')] ?? NewName();
        _id = id ?? NewId(_name);
    }

    /// <summary>Who this node is; another after it was shut out and came back.</summary>
    public string Id => _id;

    public NodeOptions Options => _ledger.Specification.Nodes;

    /// <summary>Whether others may take part.</summary>
    public bool IsAlone => Options.Limit == 1;

    /// <summary>The run as last seen.</summary>
    public RunControl? Control => _view?.Control;

    /// <summary>How many nodes take part, as last seen.</summary>
    public int Count => Math.Max(1, Control?.Members.Count ?? 1);

    /// <summary>Whether this node does what one must do for all.</summary>
    public bool IsFirst => Control?.Members is [var first, ..] && first == _id;

    /// <summary>At which step this node has its state, as its beats tell; null where it has none.</summary>
    public StatePosition? Position
    {
        get => _position;
        set => _position = value;
    }

    /// <summary>Whether this node has said that it is gone, so that it may no longer say that it works.</summary>
    public bool HasLeft => _hasLeft;

    /// <summary>After how long without a sign of life a node is taken for dead.</summary>
    public TimeSpan Limit => TimeSpan.FromSeconds(Options.NodeTimeout);

    /// <summary>Cancelled when this node stops.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>The name by which nodes are sorted.</summary>
    public static string NewName() =>
        $"{string.Concat(Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' ? c : '-'))}-{Environment.ProcessId}";

    /// <summary>A name with a random number for this time that it takes part.</summary>
    public static string NewId(string name) => $"{name}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    /// <summary>Begins to beat; where the node isn't a member yet, asks to be let in.</summary>
    public async Task StartAsync(bool isMember, CancellationToken cancellation)
    {
        await KeepPinsAsync(cancellation).ConfigureAwait(false);
        await AnnounceAsync(isMember, cancellation).ConfigureAwait(false);
        await BeatAsync(cancellation).ConfigureAwait(false);
        _beating = Task.Run(KeepBeatingAsync, CancellationToken.None);
    }

    /// <summary>Stops to beat, and cancels what waits.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
    }

    /// <summary>Hands the run over to the other members, who need not wait for a sign of life then; or marks it as interrupted.</summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        _hasLeft = true;
        while (true)
        {
            var control = (await BeatAsync(cancellation).ConfigureAwait(false)).Control;
            if (control.HasEnded || !control.Members.Contains(_id)) return;
            var others = control.Members.Where(member => member != _id && !IsDead(member)).ToList();
            if (others.Count == 0)
            {
                await _ledger.Database.HashSetAsync(_ledger.Keys.Progress, LeftField, _id).ConfigureAwait(false);
                return;
            }
            // Where another's proposal came first, what it made of the run is looked at again.
            if (await ProposeAsync(control, others, $"{_id} left: its process ended", cancellation).ConfigureAwait(false)) return;
        }
    }

    /// <summary>After <see cref="StopAsync"/>: gives the datasets free.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var pin in _pins) await pin.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>The run as it stands now. Nothing is written.</summary>
    public async Task<RunView> LookAsync(CancellationToken cancellation) =>
        _view = await _ledger.LookAsync(cancellation).ConfigureAwait(false);

    /// <summary>Tells the others at which step this node has its state now, where it hasn't yet: beats alone tell it late.</summary>
    public Task TellAsync() => _told == new Sign(_id, _position) ? Task.CompletedTask : BeatAsync(Stopping);

    /// <summary>Shut out, this node comes back as somebody new.</summary>
    public async Task ComeBackAsync()
    {
        _id = NewId(_name);
        await AnnounceAsync(isMember: false, Stopping).ConfigureAwait(false);
        await TellAsync().ConfigureAwait(false);
    }

    /// <summary>Takes this node from the list of those who wait, where it was let in.</summary>
    public Task ForgetCandidateAsync() =>
        _ledger.RetryAsync(() => _ledger.Database.HashDeleteAsync(_ledger.Keys.Candidates, _id), Stopping);

    /// <summary>Whether a node has given no sign of life for too long.</summary>
    public bool IsDead(string node) => _heartbeats.IsDead(node);

    /// <summary>Proposes a new generation; the phase follows from how many members it has.</summary>
    /// <returns>False where another came first.</returns>
    public Task<bool> ProposeAsync(
        RunControl control, IReadOnlyList<string> members, string reason, CancellationToken cancellation, bool restart = false) =>
        _ledger.ProposeAsync(
            control, members, members.Count >= Required(control) ? RunPhase.Form : RunPhase.Pause, reason, _id, restart, cancellation);

    /// <summary>Goes on without the members that haven't come as far as they should have in time.</summary>
    /// <param name="arrived">What those have that did: <c>r</c>, or a step.</param>
    public async Task DropMissingAsync(RunView view, string arrived, string what)
    {
        var members = view.Control.Members;
        var missing = members.Where(member => member != _id && view.Arrivals.GetValueOrDefault(member) != arrived).ToList();
        if (missing.Count == 0) return;
        var reason = $"{string.Join(", ", missing)} {what} in time";
        await ProposeAsync(view.Control, [.. members.Except(missing)], reason, Stopping).ConfigureAwait(false);
    }

    /// <summary>What stops this node: whoever waits for a step must learn of it.</summary>
    public void Fail(Exception failure)
    {
        _failure = failure;
        _events.Raise();
    }

    public void ThrowIfFailed()
    {
        if (_failure is { } failure) ExceptionDispatchInfo.Throw(failure);
        Stopping.ThrowIfCancellationRequested();
    }

    /// <summary>Throws where the run has ended, or goes on without this node.</summary>
    public void ThrowIfOut(RunControl control)
    {
        if (control.HasEnded) throw new RunEndedException(control);
        if (control.Members.Contains(_id)) return;
        if (!IsAlone) throw new ReplicaLostException("shut out");
        throw new NodeOutException("RunTakenOver", ErrorKind.ResourceBusy,
            $"Run '{_ledger.Specification.Id}' was taken up elsewhere while this process was away.", _ledger.Specification.Id);
    }

    /// <summary>Tells what this node is; candidates are let in by the first member.</summary>
    async Task AnnounceAsync(bool isMember, CancellationToken cancellation)
    {
        var self = JsonSerializer.Serialize(new NodeDescription(
            RunSpecification.CurrentModule, RunSpecification.CurrentProtocol, _ledger.Specification.DatasetIdentity, _workers,
            Environment.MachineName, Environment.ProcessId), NodeDescription.Json);
        var (database, keys) = (_ledger.Database, _ledger.Keys);
        await _ledger.RetryAsync(() => database.HashSetAsync(keys.Nodes, _id, self), cancellation).ConfigureAwait(false);
        if (!isMember)
            await _ledger.RetryAsync(() => database.HashSetAsync(keys.Candidates, _id, self), cancellation).ConfigureAwait(false);
    }

    /// <summary>A sign of life, which tells at which step this node has its state.</summary>
    async Task<RunView> BeatAsync(CancellationToken cancellation)
    {
        var sign = new Sign(_id, _position);
        var view = await _ledger.BeatAsync(sign.Id, sign.Position?.ToString() ?? "-", cancellation).ConfigureAwait(false);
        (_view, _told) = (view, sign);
        return view;
    }

    async Task KeepBeatingAsync()
    {
        try
        {
            while (true)
            {
                var view = await BeatAsync(Stopping).ConfigureAwait(false);
                _heartbeats.Read(view.Control.Members.Concat(view.Candidates.Keys), view.Beats, Stopwatch.GetElapsedTime(0));
                await ManageAsync(view).ConfigureAwait(false);
                await KeepPinsAsync(Stopping).ConfigureAwait(false);
                _events.Raise();
                await Task.Delay(Limit / 5 < s_longestPause ? Limit / 5 : s_longestPause, Stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) { }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    async Task KeepPinsAsync(CancellationToken cancellation)
    {
        foreach (var pin in _pins) await pin.KeepAsync(cancellation).ConfigureAwait(false);
    }

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
        var dead = control.Members.Where(member => member != _id && IsDead(member)).ToList();
        var alive = control.Members.Except(dead).ToList();
        int rank = alive.IndexOf(_id);
        if (dead.Count > 0)
        {
            // In order of rank, so that not all propose at once.
            if (rank > 0) await Task.Delay(s_rankPause * rank, Stopping).ConfigureAwait(false);
            var reason = $"lost {string.Join(", ", dead)}: no sign of life for {Options.NodeTimeout:0.#} s";
            await ProposeAsync(control, alive, reason, Stopping).ConfigureAwait(false);
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
                await _ledger.RetryAsync(
                    () => _ledger.Database.HashSetAsync(_ledger.Keys.Candidates, candidate, $"!{reason}"), Stopping).ConfigureAwait(false);
            }
            else if (_heartbeats.IsAlive(candidate))
            {
                fit.Add(candidate);
            }
        }
        fit = [.. fit.Order(StringComparer.Ordinal).Take(Math.Max(0, Options.Limit - control.Members.Count))];
        if (fit.Count == 0) return;
        if (await ProposeAsync(control, [.. control.Members, .. fit], $"let in {string.Join(", ", fit)}", Stopping).ConfigureAwait(false))
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
        else if (Stopwatch.GetElapsedTime(_lacking.Value).TotalSeconds > Options.JoinTimeout)
        {
            var reason = $"only {control.Members.Count} of {Required(control)} nodes were there for {Options.JoinTimeout:0.#} s " +
                $"({string.Join(", ", control.Members)}); {control.Reason}";
            await _ledger.EndAsync(
                control.Generation, _id, RunPhase.Failed, reason, Stopping, errorId: "TooFewNodes").ConfigureAwait(false);
        }
    }

    /// <summary>Where all members of a run are dead, those who wait go on from its checkpoint.</summary>
    async Task TakeOverAsync(RunView view)
    {
        var control = view.Control;
        if (IsAlone || !view.Candidates.ContainsKey(_id) || !control.Members.All(IsDead)) return;
        var waiting = view.Candidates.Keys
            .Where(candidate => candidate == _id || _heartbeats.IsAlive(candidate)).Order(StringComparer.Ordinal).ToList();
        await Task.Delay(s_rankPause * waiting.IndexOf(_id), Stopping).ConfigureAwait(false);
        var reason = $"all members were lost ({string.Join(", ", control.Members)})";
        await ProposeAsync(control, waiting, reason, Stopping, restart: true).ConfigureAwait(false);
    }

    int Required(RunControl control) => control.Started ? Options.MinNode : Options.NodeCount;

    /// <summary>What a beat tells.</summary>
    sealed record Sign(string Id, StatePosition? Position);
}
