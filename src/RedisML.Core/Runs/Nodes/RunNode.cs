using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Processes;
using StackExchange.Redis;

namespace RedisML.Runs.Nodes;

/// <summary>This process as a node of a run.</summary>
/// <remarks>
/// <c>docs/distributed-training.md</c> describes the protocol. Two things go on at once: <see cref="Membership"/> beats, and proposes who
/// takes part; <see cref="Steps"/> are taken by the leader of this process's workers, one call after the other.
/// </remarks>
internal sealed class RunNode : IAsyncDisposable
{
    static readonly TimeSpan s_leavePatience = TimeSpan.FromSeconds(2);

    readonly RunEvents _events;
    IDisposable? _end;

    /// <inheritdoc cref="RunMembership(RunLedger, RunEvents, int, string, IReadOnlyList{DatasetPin})"/>
    public RunNode(RunLedger ledger, int workers, string? id = null, IReadOnlyList<DatasetPin>? pins = null)
    {
        _events = new(ledger);
        Membership = new(ledger, _events, workers, id, pins ?? []);
        Steps = new(ledger, Membership, _events);
        Duties = new(ledger, Membership, _events);
    }

    /// <summary>Who takes part.</summary>
    public RunMembership Membership { get; }

    /// <summary>How the members agree on steps.</summary>
    public StepProtocol Steps { get; }

    /// <summary>What one member does for all.</summary>
    public RunDuties Duties { get; }

    /// <summary>Begins to beat; where the node isn't a member yet, asks to be let in.</summary>
    public async Task StartAsync(bool isMember, CancellationToken cancellation)
    {
        await _events.SubscribeAsync(cancellation).ConfigureAwait(false);
        await Membership.StartAsync(isMember, cancellation).ConfigureAwait(false);
        _end = ProcessEnd.Register(Leave);
    }

    /// <summary>Sees the run to its end, whoever brings it about.</summary>
    /// <param name="completion">The program's end on this node.</param>
    /// <param name="publication">The fields from which what it came to is published, and the outcome.</param>
    /// <param name="state">The state of the program, for a checkpoint; null where it has none.</param>
    public async Task<RunControl> EndAsync<T>(
        Task<T> completion, Func<T, (HashEntry[] Fields, RunOutcome Outcome)> publication, Func<byte[]?> state)
    {
        try
        {
            var (fields, outcome) = publication(await completion.ConfigureAwait(false));
            return await Duties.CompleteAsync(fields, outcome).ConfigureAwait(false);
        }
        catch (RunEndedException e)
        {
            return e.Control;
        }
        catch (OperationCanceledException)
        {
            await TryAsync(() => Duties.LeaveAsync(state())).ConfigureAwait(false);
            throw;
        }
        catch (RedisMLException e) when (e is not NodeOutException)
        {
            await TryAsync(() => Duties.FailAsync(e, state())).ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _end?.Dispose();
        await Membership.StopAsync().ConfigureAwait(false);
        await Duties.DisposeAsync().ConfigureAwait(false);
        await Membership.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The others are told where that is possible; what happened here counts more than why it isn't.</summary>
    static async Task TryAsync(Func<Task> tell)
    {
        try
        {
            await tell().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisMLException or RedisException or TimeoutException or OperationCanceledException) { }
    }

    /// <summary>The process ends when this returns, by SIGTERM or because its session is closed, so it has to block.</summary>
    void Leave()
    {
        using var patience = new CancellationTokenSource(s_leavePatience);
        try { Membership.LeaveAsync(patience.Token).Wait(s_leavePatience); }
        catch (AggregateException)
        {
            // The others will notice by themselves, after the node timeout.
        }
    }
}
