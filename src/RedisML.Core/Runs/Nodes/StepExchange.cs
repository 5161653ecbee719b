using System.Diagnostics;
using System.Runtime.InteropServices;
using RedisML.Runs.Exchange;
using StackExchange.Redis;

namespace RedisML.Runs.Nodes;

/// <summary>A step: contribute, arrive, wait for the decision, read what the others contributed.</summary>
internal sealed class StepExchange(RunLedger ledger, RunMembership membership, RunEvents events)
{
    const int DirectNodes = 4;
    const int DirectBytes = 64 << 10;
    const int MaxTimes = 31;
    static readonly TimeSpan s_firstLook = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan s_lastLook = TimeSpan.FromSeconds(1);
    static readonly TimeSpan s_leastStepLimit = TimeSpan.FromSeconds(30);
    static readonly byte[] s_sliced = "in slices"u8.ToArray();

    readonly Queue<TimeSpan> _times = new();
    int _patience = 1;

    CancellationToken Stopping => membership.Stopping;

    /// <summary>Takes part in the next step.</summary>
    /// <param name="length">Where the contribution is sums of branches, the numbers of each; else 0.</param>
    /// <returns>
    /// Null where another generation has begun meanwhile, or the run has ended: <see cref="StepProtocol.FormAsync"/> finds out.
    /// </returns>
    public async Task<StepResult?> ExchangeAsync(Formation formation, Contribution contribution, int length, int leaves, ulong digest)
    {
        long start = Stopwatch.GetTimestamp();
        var result = formation.Members.Count > DirectNodes && (long)length * sizeof(double) > DirectBytes
            ? await ExchangeSlicesAsync(formation, contribution.Body, length, leaves, digest).ConfigureAwait(false)
            : await ExchangeDirectlyAsync(formation, contribution, digest).ConfigureAwait(false);
        if (result is null) events.Forget();
        if (_times.Count == MaxTimes) _times.Dequeue();
        _times.Enqueue(Stopwatch.GetElapsedTime(start));
        return result;
    }

    async Task<StepResult?> ExchangeDirectlyAsync(Formation formation, Contribution contribution, ulong digest)
    {
        long step = formation.Step;
        if (!await ArriveAsync(formation, step, contribution, digest).ConfigureAwait(false)) return null;
        return await PayloadsAsync(formation.Generation, formation.Members, step, contribution.Body).ConfigureAwait(false);
    }

    /// <summary>Each member adds up one slice of the sum: a node's traffic grows with the sum, and not with the number of nodes.</summary>
    async Task<StepResult?> ExchangeSlicesAsync(Formation formation, ReadOnlyMemory<byte> body, int length, int leaves, ulong digest)
    {
        var (members, step) = (formation.Members, formation.Step);
        int nodes = members.Count, rank = members.TakeWhile(member => member != membership.Id).Count();
        var mine = new byte[nodes][];
        for (int slice = 0; slice < nodes; slice++) mine[slice] = Cut(body, length, Border(slice), Border(slice + 1));
        await Task.WhenAll(Enumerable.Range(0, nodes).Where(slice => slice != rank).Select(slice =>
            WriteAsync(ledger.Keys.Slice(membership.Id, step, slice), formation.Generation, step, mine[slice]))).ConfigureAwait(false);
        if (!await HalfAsync(formation, step).ConfigureAwait(false)) return null;

        var keys = members.Select(member => ledger.Keys.Slice(member, step, rank));
        using var parts = await ReadAllAsync(keys, formation.Generation, members, step, mine[rank]).ConfigureAwait(false);
        if (parts is null) return null;
        var sum = new double[Border(rank + 1) - Border(rank)];
        BranchSums.Combine(parts.Payloads, leaves, sum);
        var total = MemoryMarshal.AsBytes(sum.AsSpan()).ToArray();
        await WriteAsync(ledger.Keys.Slice("sum", step, rank), formation.Generation, step, total).ConfigureAwait(false);
        var mark = new Contribution();
        mark.Write(s_sliced);
        if (!await ArriveAsync(formation, step, mark, digest).ConfigureAwait(false)) return null;
        return await SlicesAsync(formation.Generation, members, step).ConfigureAwait(false);

        int Border(int slice) => (int)((long)length * slice / nodes);
    }

    /// <summary>A slice of each of the vectors that follow each other in a contribution.</summary>
    static byte[] Cut(ReadOnlyMemory<byte> body, int length, int start, int end)
    {
        int vectors = body.Length / sizeof(double) / length, width = (end - start) * sizeof(double);
        var cut = new byte[vectors * width];
        for (int i = 0; i < vectors; i++)
            body.Span.Slice((i * length + start) * sizeof(double), width).CopyTo(cut.AsSpan(i * width));
        return cut;
    }

    async Task<bool> ArriveAsync(Formation formation, long step, Contribution contribution, ulong digest)
    {
        var (header, blob) = contribution.Join(ledger.Incarnation, formation.Generation, step, membership.Id, ledger.Seal,
            ledger.Keys.Payload(membership.Id, step));
        var status = await ledger.ArriveAsync(
            formation.Generation, membership.Id, step, header, blob, digest, Stopping).ConfigureAwait(false);
        return status == "DONE" || status == "WAIT"
            && await DecisionAsync(formation.Generation, step, () => events.Decided, control => control.Step >= step).ConfigureAwait(false);
    }

    async Task<bool> HalfAsync(Formation formation, long step)
    {
        var generation = formation.Generation;
        var status = await AskAsync().ConfigureAwait(false);
        bool isThere = status == "DONE";
        return isThere || status == "WAIT" && await DecisionAsync(generation, step, () => events.Half, _ => isThere,
            async () => isThere = await AskAsync().ConfigureAwait(false) == "DONE").ConfigureAwait(false);

        Task<string> AskAsync() => ledger.HalfAsync(generation, membership.Id, step, Stopping);
    }

    /// <summary>Waits until all have arrived, by what is announced; and looks now and then, as an announcement may be lost.</summary>
    async Task<bool> DecisionAsync(
        string generation, long step, Func<StepMark> announced, Func<RunControl, bool> isDecided, Func<Task>? ask = null)
    {
        long start = Stopwatch.GetTimestamp(), looked = start;
        var pause = s_firstLook;
        while (true)
        {
            var next = events.Next;
            if (announced() is var mark && mark.Generation == generation && mark.Step >= step) return true;
            membership.ThrowIfFailed();
            var rest = pause - Stopwatch.GetElapsedTime(looked);
            if (!events.HasChanged && rest > TimeSpan.Zero)
            {
                await RunEvents.WaitAsync(next, rest, Stopping).ConfigureAwait(false);
                continue;
            }
            if (ask is not null) await ask().ConfigureAwait(false);
            var view = await membership.LookAsync(Stopping).ConfigureAwait(false);
            looked = Stopwatch.GetTimestamp();
            if (pause < s_lastLook) pause += s_firstLook;
            if (view.Control.Generation != generation || view.Control.HasEnded) return false;
            if (isDecided(view.Control)) return true;
            if (view.Control.Phase != RunPhase.Run) return false;
            await DropHungAsync(view, step, Stopwatch.GetElapsedTime(start)).ConfigureAwait(false);
            if (events.HasChanged) await RunEvents.WaitAsync(next, s_firstLook, Stopping).ConfigureAwait(false);
        }
    }

    /// <summary>A node whose workers hang still beats: after long enough the others go on without it.</summary>
    async Task DropHungAsync(RunView view, long step, TimeSpan elapsed)
    {
        var median = _times.Order().ElementAtOrDefault(_times.Count / 2);
        var limit = (median * 10 > s_leastStepLimit ? median * 10 : s_leastStepLimit) * _patience;
        if (elapsed < limit) return;
        _patience *= 2;
        await membership.DropMissingAsync(view, $"{step}", $"didn't take step {step}").ConfigureAwait(false);
    }

    /// <summary>What was contributed to a step that was decided without this node's having heard; null where it is gone.</summary>
    public Task<StepResult?> DecidedAsync(RunControl control) =>
        DecidedAsync(control.DecidedGeneration, control.DecidedMembers, control.Step);

    async Task<StepResult?> DecidedAsync(string generation, IReadOnlyList<string> members, long step)
    {
        if (members.Count == 0 || await PayloadsAsync(generation, members, step, null).ConfigureAwait(false) is not { } result) return null;
        if (!result.Payloads[0].Span.SequenceEqual(s_sliced)) return result;
        result.Dispose();
        return await SlicesAsync(generation, members, step).ConfigureAwait(false);
    }

    Task<StepResult?> PayloadsAsync(string generation, IReadOnlyList<string> members, long step, ReadOnlyMemory<byte>? own) =>
        ReadAllAsync(members.Select(member => ledger.Keys.Payload(member, step)), generation, members, step, own);

    async Task<StepResult?> SlicesAsync(string generation, IReadOnlyList<string> members, long step)
    {
        var keys = members.Select((_, slice) => ledger.Keys.Slice("sum", step, slice));
        using var slices = await ReadAllAsync(keys, generation, members, step, null).ConfigureAwait(false);
        if (slices is null) return null;
        var sum = new byte[slices.Payloads.Sum(slice => slice.Length)];
        int position = 0;
        foreach (var slice in slices.Payloads)
        {
            slice.CopyTo(sum.AsMemory(position));
            position += slice.Length;
        }
        return new([sum], [], isSum: true);
    }

    /// <summary>What each member wrote under its key; null where some of it is gone.</summary>
    /// <param name="own">This node's own, where it needn't be read.</param>
    async Task<StepResult?> ReadAllAsync(
        IEnumerable<RedisKey> keys, string generation, IReadOnlyList<string> members, long step, ReadOnlyMemory<byte>? own)
    {
        var places = keys.ToList();
        var leases = await Task.WhenAll(members.Zip(places, (member, key) => member == membership.Id && own is not null
            ? Task.FromResult<Lease<byte>?>(null) : ledger.RetryAsync(() => ledger.Database.StringGetLeaseAsync(key), Stopping)))
                .ConfigureAwait(false);
        var bodies = leases.Zip(members, places).Select(part => part.First is { } lease
            ? RunBlob.Open(lease.Memory, ledger.Incarnation, generation, step, part.Second, ledger.Seal, part.Third)
            : part.Second == membership.Id ? own : null).ToList();
        var result = new StepResult([.. bodies.Select(body => body.GetValueOrDefault())], [.. leases.OfType<Lease<byte>>()]);
        if (bodies.All(body => body is not null)) return result;
        result.Dispose();
        return null;
    }

    Task<bool> WriteAsync(RedisKey key, string generation, long step, byte[] body)
    {
        if (ledger.Seal.IsOn) body = ledger.Seal.Encrypt(key, body);
        var blob = RunBlob.Join(RunBlob.Header(ledger.Incarnation, generation, step, membership.Id, body), body);
        return ledger.RetryAsync(() => ledger.Database.StringSetAsync(key, blob), Stopping);
    }
}
