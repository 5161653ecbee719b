using RedisML.Datasets;
using RedisML.Processes;

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

    public async ValueTask DisposeAsync()
    {
        _end?.Dispose();
        await Membership.StopAsync().ConfigureAwait(false);
        await Duties.DisposeAsync().ConfigureAwait(false);
        await Membership.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
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
