using System.Diagnostics;
using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace RedisML.Training;

/// <summary>What came of a step.</summary>
/// <param name="Payloads">What each member contributed, in order; or the sum of it in one.</param>
internal sealed record StepResult(IReadOnlyList<ReadOnlyMemory<byte>> Payloads, bool IsSum = false);

// A step: contribute, arrive, wait for the decision, read what the others contributed.
internal sealed partial class TrainingNode
{
    const int DirectNodes = 4;
    const int DirectBytes = 64 << 10;
    const int MaxTimes = 31;
    static readonly TimeSpan s_firstLook = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan s_lastLook = TimeSpan.FromSeconds(1);
    static readonly TimeSpan s_leastStepLimit = TimeSpan.FromSeconds(30);
    static readonly byte[] s_sliced = "in slices"u8.ToArray();

    readonly Queue<TimeSpan> _times = new();
    StepMark _decided = new("", 0);
    StepMark _half = new("", 0);
    int _patience = 1;

    /// <summary>Takes part in the next step.</summary>
    /// <param name="length">Where the contribution is sums of branches, the numbers of each; else 0.</param>
    /// <returns>Null where another generation has begun meanwhile, or the run has ended: <see cref="FormAsync"/> finds out.</returns>
    public async Task<StepResult?> ExchangeAsync(Formation formation, byte[] body, int length, int leaves, ulong digest)
    {
        long start = Stopwatch.GetTimestamp();
        var members = _view!.Control.Members;
        var result = members.Count > DirectNodes && (long)length * sizeof(double) > DirectBytes
            ? await ExchangeSlicesAsync(formation, members, body, length, leaves, digest).ConfigureAwait(false)
            : await ExchangeDirectlyAsync(formation, members, body, digest).ConfigureAwait(false);
        if (result is null) _seenChanges = -1;
        if (_times.Count == MaxTimes) _times.Dequeue();
        _times.Enqueue(Stopwatch.GetElapsedTime(start));
        return result;
    }

    /// <summary>The step that was agreed on is this node's too.</summary>
    public void Advance()
    {
        _step++;
        _position = $"{_lineage}:{_step}";
    }

    async Task<StepResult?> ExchangeDirectlyAsync(Formation formation, IReadOnlyList<string> members, byte[] body, ulong digest)
    {
        long step = _step + 1;
        if (!await ArriveAsync(formation, step, body, digest).ConfigureAwait(false)) return null;
        return await PayloadsAsync(formation.Generation, members, step, body).ConfigureAwait(false) is { } payloads ? new(payloads) : null;
    }

    /// <summary>Each member adds up one slice of the sum, so that a node's traffic grows with the sum and not with the number of nodes.</summary>
    async Task<StepResult?> ExchangeSlicesAsync(
        Formation formation, IReadOnlyList<string> members, byte[] body, int length, int leaves, ulong digest)
    {
        long step = _step + 1;
        int nodes = members.Count, rank = members.TakeWhile(member => member != _id).Count();
        var mine = new byte[nodes][];
        for (int slice = 0; slice < nodes; slice++) mine[slice] = Cut(body, length, Border(slice), Border(slice + 1));
        await Task.WhenAll(Enumerable.Range(0, nodes).Where(slice => slice != rank).Select(slice =>
            WriteAsync(_ledger.Keys.Slice(_id, step, slice), formation.Generation, step, mine[slice]))).ConfigureAwait(false);
        if (!await HalfAsync(formation, step).ConfigureAwait(false)) return null;

        var parts = await Task.WhenAll(members.Select(async (member, i) => i == rank ? mine[rank]
            : await ReadAsync(_ledger.Keys.Slice(member, step, rank), formation.Generation, step, member).ConfigureAwait(false))).ConfigureAwait(false);
        if (parts.Any(part => part is null)) return null;
        int width = Border(rank + 1) - Border(rank);
        var sum = width == 0 ? [] : MemoryMarshal.AsBytes(BranchSums.Combine([.. parts.Select(p => p!.Value)], width, leaves).Span).ToArray();
        await WriteAsync(_ledger.Keys.Slice("sum", step, rank), formation.Generation, step, sum).ConfigureAwait(false);
        if (!await ArriveAsync(formation, step, s_sliced, digest).ConfigureAwait(false)) return null;
        return await SlicesAsync(formation.Generation, members, step).ConfigureAwait(false);

        int Border(int slice) => (int)((long)length * slice / nodes);
    }

    /// <summary>A slice of each of the vectors that follow each other in a contribution.</summary>
    static byte[] Cut(byte[] body, int length, int start, int end)
    {
        int vectors = body.Length / sizeof(double) / length, width = (end - start) * sizeof(double);
        var cut = new byte[vectors * width];
        for (int i = 0; i < vectors; i++)
            body.AsSpan((i * length + start) * sizeof(double), width).CopyTo(cut.AsSpan(i * width));
        return cut;
    }

    async Task<bool> ArriveAsync(Formation formation, long step, byte[] body, ulong digest)
    {
        var header = RunBlob.Header(_ledger.Incarnation, formation.Generation, step, _id, body);
        var status = await _ledger.ArriveAsync(formation.Generation, _id, step, header, RunBlob.Join(header, body), digest, Stopping).ConfigureAwait(false);
        return status == "DONE" || status == "WAIT"
            && await DecisionAsync(formation.Generation, step, () => Volatile.Read(ref _decided), control => control.Step >= step).ConfigureAwait(false);
    }

    async Task<bool> HalfAsync(Formation formation, long step)
    {
        var status = await _ledger.HalfAsync(formation.Generation, _id, step, Stopping).ConfigureAwait(false);
        bool isThere = false;
        return status == "DONE" || status == "WAIT" && await DecisionAsync(formation.Generation, step, () => Volatile.Read(ref _half), _ => isThere, async () =>
            isThere = await _ledger.HalfAsync(formation.Generation, _id, step, Stopping).ConfigureAwait(false) == "DONE").ConfigureAwait(false);
    }

    /// <summary>Waits until all have arrived, by what is announced; and looks now and then, as an announcement may be lost.</summary>
    async Task<bool> DecisionAsync(
        string generation, long step, Func<StepMark> announced, Func<RunControl, bool> isDecided, Func<Task>? ask = null)
    {
        long start = Stopwatch.GetTimestamp(), looked = start;
        var pause = s_firstLook;
        while (true)
        {
            var next = _signal.Next;
            if (announced() is var mark && mark.Generation == generation && mark.Step >= step) return true;
            ThrowIfFailed();
            var rest = pause - Stopwatch.GetElapsedTime(looked);
            if (Volatile.Read(ref _changes) == _seenChanges && rest > TimeSpan.Zero)
            {
                await WaitAsync(next, rest, Stopping).ConfigureAwait(false);
                continue;
            }
            if (ask is not null) await ask().ConfigureAwait(false);
            var view = await LookAsync(Stopping).ConfigureAwait(false);
            looked = Stopwatch.GetTimestamp();
            if (pause < s_lastLook) pause += s_firstLook;
            if (view.Control.Generation != generation || view.Control.HasEnded) return false;
            if (isDecided(view.Control)) return true;
            if (view.Control.Phase != RunPhase.Run) return false;
            await DropHungAsync(view, step, Stopwatch.GetElapsedTime(start)).ConfigureAwait(false);
            if (Volatile.Read(ref _changes) != _seenChanges) await WaitAsync(next, s_firstLook, Stopping).ConfigureAwait(false);
        }
    }

    /// <summary>A node whose workers hang still beats: after long enough the others go on without it.</summary>
    async Task DropHungAsync(RunView view, long step, TimeSpan elapsed)
    {
        var median = _times.Order().ElementAtOrDefault(_times.Count / 2);
        var limit = (median * 10 > s_leastStepLimit ? median * 10 : s_leastStepLimit) * _patience;
        if (elapsed < limit) return;
        _patience *= 2;
        await DropMissingAsync(view, $"{step}", $"didn't take step {step}").ConfigureAwait(false);
    }

    /// <summary>What was contributed to a step that was decided without this node's having heard; null where it is gone.</summary>
    Task<StepResult?> DecidedAsync(RunControl control) => DecidedAsync(control.DecidedGeneration, control.DecidedMembers, control.Step);

    async Task<StepResult?> DecidedAsync(string generation, IReadOnlyList<string> members, long step)
    {
        if (members.Count == 0 || await PayloadsAsync(generation, members, step, null).ConfigureAwait(false) is not { } payloads) return null;
        return payloads[0].Span.SequenceEqual(s_sliced)
            ? await SlicesAsync(generation, members, step).ConfigureAwait(false) : new(payloads);
    }

    async Task<ReadOnlyMemory<byte>[]?> PayloadsAsync(string generation, IReadOnlyList<string> members, long step, byte[]? own)
    {
        var payloads = await Task.WhenAll(members.Select(async member => member == _id && own is not null ? own
            : await ReadAsync(_ledger.Keys.Payload(member, step), generation, step, member).ConfigureAwait(false))).ConfigureAwait(false);
        return payloads.Any(p => p is null) ? null : [.. payloads.Select(p => p!.Value)];
    }

    async Task<StepResult?> SlicesAsync(string generation, IReadOnlyList<string> members, long step)
    {
        var slices = await Task.WhenAll(members.Select((member, slice) =>
            ReadAsync(_ledger.Keys.Slice("sum", step, slice), generation, step, member))).ConfigureAwait(false);
        if (slices.Any(slice => slice is null)) return null;
        var sum = new byte[slices.Sum(slice => slice!.Value.Length)];
        int position = 0;
        foreach (var slice in slices)
        {
            slice!.Value.CopyTo(sum.AsMemory(position));
            position += slice.Value.Length;
        }
        return new([sum], IsSum: true);
    }

    Task<bool> WriteAsync(RedisKey key, string generation, long step, byte[] body)
    {
        var blob = RunBlob.Join(RunBlob.Header(_ledger.Incarnation, generation, step, _id, body), body);
        return _ledger.RetryAsync(() => _ledger.Database.StringSetAsync(key, blob), Stopping);
    }

    async Task<ReadOnlyMemory<byte>?> ReadAsync(RedisKey key, string generation, long step, string owner)
    {
        var blob = await _ledger.RetryAsync(() => _ledger.Database.StringGetAsync(key), Stopping).ConfigureAwait(false);
        return blob.IsNull ? null : RunBlob.Open(blob, _ledger.Incarnation, generation, step, owner);
    }
}
