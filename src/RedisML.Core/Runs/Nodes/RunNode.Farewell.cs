namespace RedisML.Runs.Nodes;

// The process ends while the node is at work: by SIGTERM, or because its session is closed.
internal sealed partial class RunNode
{
    /// <summary>Of the run's progress: the node that left last, and nobody was there to go on.</summary>
    public const string LeftField = "left";

    static readonly TimeSpan s_farewellPatience = TimeSpan.FromSeconds(2);

    volatile bool _hasLeft;

    /// <summary>Whether this node has said that it is gone, so that it may no longer say that it works.</summary>
    public bool HasLeft => _hasLeft;

    /// <summary>The process ends when this returns, so it has to block.</summary>
    void SayFarewell()
    {
        _hasLeft = true;
        using var patience = new CancellationTokenSource(s_farewellPatience);
        try { FarewellAsync(patience.Token).Wait(s_farewellPatience); }
        catch (AggregateException)
        {
            // The others will notice by themselves, after the node timeout.
        }
    }

    /// <summary>Hands the run over to the other members, who need not wait for a sign of life then; or marks it as interrupted.</summary>
    internal async Task FarewellAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var control = (await _ledger.BeatAsync(_id, _position, cancellation).ConfigureAwait(false)).Control;
            if (control.HasEnded || !control.Members.Contains(_id)) return;
            var others = control.Members.Where(member => member != _id && !_heartbeats.IsDead(member)).ToList();
            if (others.Count == 0)
            {
                await _ledger.Database.HashSetAsync(_ledger.Keys.Progress, LeftField, _id).ConfigureAwait(false);
                return;
            }
            // Where another's proposal came first, what it made of the run is looked at again.
            if (await _ledger.ProposeAsync(control, others, others.Count >= Required(control) ? RunPhase.Form : RunPhase.Pause,
                $"{_id} left: its process ended", _id, restart: false, cancellation).ConfigureAwait(false)) return;
        }
    }
}
