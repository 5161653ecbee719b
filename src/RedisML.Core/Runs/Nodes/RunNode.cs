using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Datasets;
using StackExchange.Redis;

namespace RedisML.Runs.Nodes;

/// <summary>This process as a node of a run: it beats, judges the others, and agrees with them on each step.</summary>
/// <remarks>
/// <c>docs/distributed-training.md</c> describes the protocol. Two things go on at once: the beat, here and in the membership part, proposes
/// who takes part; the steps, in the other parts, are taken by the leader of this process's workers, one call after the other.
/// </remarks>
internal sealed partial class RunNode : IAsyncDisposable
{
    /// <summary>A death is noticed up to two beats later than it could be.</summary>
    static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(500);

    readonly RunLedger _ledger;
    readonly NodeOptions _options;
    readonly Heartbeats _heartbeats;
    readonly Signal _signal = new();
    readonly CancellationTokenSource _stop = new();
    readonly IReadOnlyList<DatasetPin> _pins;
    readonly int _workers;
    readonly string _name;
    ProcessEnd? _end;
    Task _beating = Task.CompletedTask;
    volatile RunView? _view;
    volatile Exception? _failure;
    volatile string _id;
    volatile string _position = "-";
    long _lineage;
    long _step;

    /// <param name="id">Who it is, where it is a member already.</param>
    /// <param name="pins">Of the versions of datasets that the run trains on: kept with each beat, so that they stay for nodes that come later.</param>
    public RunNode(RunLedger ledger, int workers, string? id = null, IReadOnlyList<DatasetPin>? pins = null)
    {
        (_ledger, _options, _workers, _pins) = (ledger, ledger.Specification.Nodes, workers, pins ?? []);
        _heartbeats = new(TimeSpan.FromSeconds(_options.NodeTimeout));
        _name = id?[..id.LastIndexOf('.')] ?? NewName();
        _id = id ?? NewId(_name);
    }

    /// <summary>Who it is among the nodes; another after it was shut out and came back.</summary>
    public string Id => _id;

    /// <summary>Whether others may take part.</summary>
    public bool IsAlone => _options.Limit == 1;

    /// <summary>The run as last seen.</summary>
    public RunControl? Control => _view?.Control;

    /// <summary>The nodes that take part, as last seen.</summary>
    public int Members => Math.Max(1, _view?.Control.Members.Count ?? 1);

    /// <summary>The last step that was taken.</summary>
    public long Step => _step;

    TimeSpan Limit => TimeSpan.FromSeconds(_options.NodeTimeout);

    CancellationToken Stopping => _stop.Token;

    /// <summary>The name by which nodes are sorted.</summary>
    public static string NewName() => $"{Sanitize(Environment.MachineName)}-{Environment.ProcessId}";

    /// <summary>A name with a random number for this time that it takes part.</summary>
    public static string NewId(string name) => $"{name}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    /// <summary>Begins to beat; where the node isn't a member yet, asks to be let in.</summary>
    public async Task StartAsync(bool isMember, CancellationToken cancellation)
    {
        await KeepPinsAsync(cancellation).ConfigureAwait(false);
        // A try that fails may leave its handler behind: to hear things twice does no harm.
        await _ledger.RetryAsync(async () =>
        {
            await _ledger.Subscriber.SubscribeAsync(_ledger.Keys.Events, (_, message) => Hear(message)).ConfigureAwait(false);
            return true;
        }, cancellation).ConfigureAwait(false);
        await AnnounceAsync(isMember, cancellation).ConfigureAwait(false);
        await LookAsync(cancellation).ConfigureAwait(false);
        _beating = Task.Run(BeatAsync, CancellationToken.None);
        _end = new(SayFarewell);
    }

    public async ValueTask DisposeAsync()
    {
        _end?.Dispose();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        await _checkpoint.ConfigureAwait(false);
        foreach (var pin in _pins) await pin.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _ledger.Subscriber.UnsubscribeAsync(_ledger.Keys.Events).ConfigureAwait(false);
        }
        catch (RedisConnectionException) { }
        catch (RedisTimeoutException) { }
        _stop.Dispose();
    }

    /// <summary>Tells what this node is; candidates are let in by the first member.</summary>
    async Task AnnounceAsync(bool isMember, CancellationToken cancellation)
    {
        var self = JsonSerializer.Serialize(new NodeDescription(
            RunSpecification.CurrentModule, RunSpecification.CurrentProtocol, _ledger.Specification.DatasetIdentity, _workers, Environment.MachineName,
            Environment.ProcessId), NodeDescription.Json);
        await _ledger.RetryAsync(() => _ledger.Database.HashSetAsync(_ledger.Keys.Nodes, _id, self), cancellation).ConfigureAwait(false);
        if (!isMember)
            await _ledger.RetryAsync(() => _ledger.Database.HashSetAsync(_ledger.Keys.Candidates, _id, self), cancellation).ConfigureAwait(false);
    }

    /// <summary>The run as it stands now. It is read by the beat's script, which this node's steps may call as often as its own beat does.</summary>
    async Task<RunView> LookAsync(CancellationToken cancellation)
    {
        var view = await _ledger.BeatAsync(_id, _position, cancellation).ConfigureAwait(false);
        _view = view;
        return view;
    }

    async Task BeatAsync()
    {
        try
        {
            while (true)
            {
                var view = await LookAsync(Stopping).ConfigureAwait(false);
                _heartbeats.Read(view.Control.Members.Concat(view.Candidates.Keys), view.Beats, Stopwatch.GetElapsedTime(0));
                await ManageAsync(view).ConfigureAwait(false);
                await KeepPinsAsync(Stopping).ConfigureAwait(false);
                _signal.Raise();
                await Task.Delay(Limit / 5 < s_longestPause ? Limit / 5 : s_longestPause, Stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) { }
        catch (Exception e)
        {
            // Whoever waits for a step must learn of it.
            _failure = e;
            _signal.Raise();
        }
    }

    async Task KeepPinsAsync(CancellationToken cancellation)
    {
        foreach (var pin in _pins) await pin.KeepAsync(cancellation).ConfigureAwait(false);
    }

    void Hear(RedisValue message)
    {
        var words = ((string)message!).Split(' ');
        if (words is ["S", var generation, var step]) Volatile.Write(ref _decided, new(generation, long.Parse(step)));
        else if (words is ["H", var halfGeneration, var halfStep]) Volatile.Write(ref _half, new(halfGeneration, long.Parse(halfStep)));
        else Interlocked.Increment(ref _changes);
        _signal.Raise();
    }

    void ThrowIfFailed()
    {
        if (_failure is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        Stopping.ThrowIfCancellationRequested();
    }

    static void ThrowIfEnded(RunControl control)
    {
        if (control.HasEnded) throw new RunEndedException(control);
    }

    static async Task WaitAsync(Task next, TimeSpan longest, CancellationToken cancellation)
    {
        try
        {
            await next.WaitAsync(longest, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException) { }
    }

    static string Sanitize(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' ? c : '-'));
}

/// <summary>What a node says of itself.</summary>
internal sealed record NodeDescription(string Module, int Protocol, string Dataset, int Workers, string Machine, int Process)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Why it can't take part in a run; null where it can.</summary>
    public string? Unfit(RunSpecification run) =>
        Module != run.Module || Protocol != run.Protocol
            ? $"it has RedisML {Module} (protocol {Protocol}) and the run was started with {run.Module} (protocol {run.Protocol})"
        : Dataset != run.DatasetIdentity ? $"its dataset is version {Dataset}, and that of the run version {run.DatasetIdentity}"
        : null;
}

/// <summary>The run has ended while this node worked at it.</summary>
internal sealed class RunEndedException(RunControl control) : Exception(control.Reason)
{
    public RunControl Control { get; } = control;
}

/// <summary>A step of a generation.</summary>
internal sealed record StepMark(string Generation, long Step);
