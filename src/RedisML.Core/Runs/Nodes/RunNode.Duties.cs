using System.Diagnostics;
using RedisML.Errors;
using RedisML.Runs.Exchange;
using StackExchange.Redis;

namespace RedisML.Runs.Nodes;

// What the first member does for all: checkpoints, and the end.
internal sealed partial class RunNode
{
    Task _checkpoint = Task.CompletedTask;
    long _checkpointTime = Stopwatch.GetTimestamp();
    long _checkpointStep;

    /// <summary>Whether this node does what one must do for all.</summary>
    public bool IsFirst => _view?.Control.Members is [var first, ..] && first == _id;

    /// <summary>Alone, there is nobody to agree with: only whether the run still is this node's.</summary>
    public void CheckAlone()
    {
        ThrowIfFailed();
        var control = _view!.Control;
        ThrowIfEnded(control);
        if (!control.Members.Contains(_id)) throw Replaced();
    }

    /// <summary>Before a step: makes a checkpoint where it is time for one, and ends the run where it is to stop.</summary>
    public async Task AttendAsync(RunReplica replica)
    {
        if (!IsFirst) return;
        var control = _view!.Control;
        if (control.Stop.Length > 0)
        {
            await _checkpoint.ConfigureAwait(false);
            if (_step > 0) await SaveCheckpointAsync(control.Generation, _step, replica.Save(), Stopping).ConfigureAwait(false);
            await _ledger.EndAsync(control.Generation, _id, RunPhase.Stopped, control.Stop, Stopping).ConfigureAwait(false);
            ThrowIfEnded((await LookAsync(Stopping).ConfigureAwait(false)).Control);
        }
        bool isDue = Stopwatch.GetElapsedTime(_checkpointTime).TotalSeconds >= _options.CheckpointInterval
            || _options.CheckpointStep > 0 && _step - _checkpointStep >= _options.CheckpointStep;
        if (_step == 0 || !isDue || !_checkpoint.IsCompleted) return;
        (_checkpointTime, _checkpointStep) = (Stopwatch.GetTimestamp(), _step);
        // Written while the next step goes on.
        _checkpoint = KeepFailureAsync(SaveCheckpointAsync(control.Generation, _step, replica.Save(), Stopping));
    }

    /// <summary>Keeps the last good state of a training that fails, and ends the run for all.</summary>
    public async Task FailAsync(RedisMLException error, byte[]? state)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Max(10, _options.NodeTimeout)));
        var control = (await _ledger.BeatAsync(_id, _position, patience.Token).ConfigureAwait(false)).Control;
        if (control.HasEnded || !control.Members.Contains(_id)) return;
        if (state is not null && _step > 0) await SaveCheckpointAsync(control.Generation, _step, state, patience.Token).ConfigureAwait(false);
        await _ledger.EndAsync(control.Generation, _id, RunPhase.Failed, $"node {_id}: {error.Message}", patience.Token, errorId: error.ErrorId).ConfigureAwait(false);
    }

    /// <summary>Ends the run with its result. All members come here with the same one; the first that is alive ends it.</summary>
    /// <param name="result">The fields from which it is published.</param>
    public async Task<RunControl> CompleteAsync(HashEntry[] result, RunOutcome outcome)
    {
        while (true)
        {
            var next = _signal.Next;
            ThrowIfFailed();
            var control = (await LookAsync(Stopping).ConfigureAwait(false)).Control;
            if (control.HasEnded) return control;
            if (!control.Members.Contains(_id)) throw IsAlone ? Replaced() : new ReplicaLostException("shut out at the end");
            if (control.Members[0] == _id)
            {
                await _checkpoint.ConfigureAwait(false);
                await _ledger.RetryAsync(async () =>
                {
                    await _ledger.Database.HashSetAsync(_ledger.Keys.Result, result).ConfigureAwait(false);
                    return true;
                }, Stopping).ConfigureAwait(false);
                await _ledger.EndAsync(control.Generation, _id, RunPhase.Done, "", Stopping, result: outcome.ToJson()).ConfigureAwait(false);
                continue;
            }
            await WaitAsync(next, s_lookPause, Stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a checkpoint, points to it, and forgets those that are too old.</summary>
    async Task SaveCheckpointAsync(string generation, long step, byte[] state, CancellationToken cancellation)
    {
        await _ledger.PointAsync(generation, _id, "ck", step, state, cancellation).ConfigureAwait(false);
        var keys = await _ledger.RetryAsync(() => _ledger.Database.SetMembersAsync(_ledger.Keys.Blobs), cancellation).ConfigureAwait(false);
        var control = (await LookAsync(cancellation).ConfigureAwait(false)).Control;
        var old = keys.Select(key => (string)key!)
            .Where(key => _ledger.Keys.IsBlob(key) && key != control.Checkpoint && key != control.Snapshot)
            .OrderByDescending(StepOf).Skip(_options.KeepCheckpoint - 1).ToList();
        foreach (var key in old)
        {
            await _ledger.RetryAsync(() => _ledger.Database.KeyDeleteAsync(key), cancellation).ConfigureAwait(false);
            await _ledger.RetryAsync(() => _ledger.Database.SetRemoveAsync(_ledger.Keys.Blobs, key), cancellation).ConfigureAwait(false);
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
            _failure = e;
            _signal.Raise();
        }
    }
}
