using System.Diagnostics;
using RedisML.Errors;
using RedisML.Runs.Exchange;
using StackExchange.Redis;

namespace RedisML.Runs.Nodes;

/// <summary>What the first member does for all: checkpoints, and the end. And how a node takes leave.</summary>
internal sealed class RunDuties(RunLedger ledger, RunMembership membership, RunEvents events) : IAsyncDisposable
{
    static readonly TimeSpan s_lookPause = TimeSpan.FromMilliseconds(500);

    Task _checkpoint = Task.CompletedTask;
    long _checkpointTime = Stopwatch.GetTimestamp();
    long _checkpointStep;

    NodeOptions Options => membership.Options;

    CancellationToken Stopping => membership.Stopping;

    long Step => membership.Position?.Step ?? 0;

    /// <summary>Before a step: makes a checkpoint where it is time for one, and ends the run where it is to stop.</summary>
    public async Task AttendAsync(RunReplica replica)
    {
        if (!membership.IsFirst) return;
        var control = membership.Control!;
        if (control.Stop.Length > 0)
        {
            await _checkpoint.ConfigureAwait(false);
            if (Step > 0) await SaveCheckpointAsync(control.Generation, Step, replica.Save(), Stopping).ConfigureAwait(false);
            await ledger.EndAsync(control.Generation, membership.Id, RunPhase.Stopped, control.Stop, Stopping).ConfigureAwait(false);
            var now = (await membership.LookAsync(Stopping).ConfigureAwait(false)).Control;
            if (now.HasEnded) throw new RunEndedException(now);
        }
        bool isDue = Stopwatch.GetElapsedTime(_checkpointTime).TotalSeconds >= Options.CheckpointInterval
            || Options.CheckpointStep > 0 && Step - _checkpointStep >= Options.CheckpointStep;
        if (Step == 0 || !isDue || !_checkpoint.IsCompleted) return;
        (_checkpointTime, _checkpointStep) = (Stopwatch.GetTimestamp(), Step);
        // Written while the next step goes on.
        _checkpoint = KeepFailureAsync(SaveCheckpointAsync(control.Generation, Step, replica.Save(), Stopping));
    }

    /// <summary>Keeps the last good state of a program that fails, and ends the run for all.</summary>
    public async Task FailAsync(RedisMLException error, byte[]? state)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Max(10, Options.NodeTimeout)));
        var control = (await ledger.LookAsync(patience.Token).ConfigureAwait(false)).Control;
        if (control.HasEnded || !control.Members.Contains(membership.Id)) return;
        if (state is not null && Step > 0) await SaveCheckpointAsync(control.Generation, Step, state, patience.Token).ConfigureAwait(false);
        await ledger.EndAsync(control.Generation, membership.Id, RunPhase.Failed, $"node {membership.Id}: {error.Message}", patience.Token,
            errorId: error.ErrorId).ConfigureAwait(false);
    }

    /// <summary>Takes this node out, in good order.</summary>
    public async Task LeaveAsync(byte[]? state)
    {
        using var patience = new CancellationTokenSource(membership.Limit);
        var control = (await ledger.LookAsync(patience.Token).ConfigureAwait(false)).Control;
        if (control.HasEnded || !control.Members.Contains(membership.Id)) return;
        var others = control.Members.Where(member => member != membership.Id && !membership.IsDead(member)).ToList();
        if (others.Count > 0)
        {
            await membership.ProposeAsync(control, others, $"{membership.Id} left", patience.Token).ConfigureAwait(false);
            return;
        }
        if (state is not null) await SaveCheckpointAsync(control.Generation, Step, state, patience.Token).ConfigureAwait(false);
        await ledger.EndAsync(
            control.Generation, membership.Id, RunPhase.Stopped, $"stopped on {membership.Id}", patience.Token).ConfigureAwait(false);
    }

    /// <summary>Ends the run with its result. All members come here with the same one; the first that is alive ends it.</summary>
    /// <param name="result">The fields from which it is published.</param>
    public async Task<RunControl> CompleteAsync(HashEntry[] result, RunOutcome outcome)
    {
        while (true)
        {
            var next = events.Next;
            membership.ThrowIfFailed();
            var control = (await membership.LookAsync(Stopping).ConfigureAwait(false)).Control;
            if (control.HasEnded) return control;
            membership.ThrowIfOut(control);
            if (control.Members[0] == membership.Id)
            {
                await _checkpoint.ConfigureAwait(false);
                var closed = Array.ConvertAll(
                    result, field => new HashEntry(field.Name, ledger.Seal.Close(ledger.Keys.Result, field.Value, field.Name)));
                await ledger.RetryAsync(async () =>
                {
                    await ledger.Database.HashSetAsync(ledger.Keys.Result, closed).ConfigureAwait(false);
                    return true;
                }, Stopping).ConfigureAwait(false);
                await ledger.EndAsync(
                    control.Generation, membership.Id, RunPhase.Done, "", Stopping, result: outcome.ToJson()).ConfigureAwait(false);
                continue;
            }
            await RunEvents.WaitAsync(next, s_lookPause, Stopping).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync() => await _checkpoint.ConfigureAwait(false);

    /// <summary>Writes a checkpoint, points to it, and forgets those that are too old.</summary>
    async Task SaveCheckpointAsync(string generation, long step, byte[] state, CancellationToken cancellation)
    {
        await ledger.PointAsync(generation, membership.Id, "ck", step, state, cancellation).ConfigureAwait(false);
        var keys = await ledger.RetryAsync(() => ledger.Database.SetMembersAsync(ledger.Keys.Blobs), cancellation).ConfigureAwait(false);
        var control = (await ledger.LookAsync(cancellation).ConfigureAwait(false)).Control;
        var old = keys.Select(key => (string)key!)
            .Where(key => ledger.Keys.IsBlob(key) && key != control.Checkpoint && key != control.Snapshot)
            .OrderByDescending(StepOf).Skip(Options.KeepCheckpoint - 1).ToList();
        foreach (var key in old)
        {
            await ledger.RetryAsync(() => ledger.Database.KeyDeleteAsync(key), cancellation).ConfigureAwait(false);
            await ledger.RetryAsync(() => ledger.Database.SetRemoveAsync(ledger.Keys.Blobs, key), cancellation).ConfigureAwait(false);
        }

        static long StepOf(string key) => long.TryParse(key[(key.LastIndexOf(':') + 1)..], out long step) ? step : -1;
    }

    async Task KeepFailureAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) { }
        catch (RedisMLException e)
        {
            membership.Fail(e);
        }
    }
}
