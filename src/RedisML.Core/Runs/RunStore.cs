using System.Globalization;
using System.Security.Cryptography;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Runs.Nodes;
using StackExchange.Redis;

namespace RedisML.Runs;

/// <summary>The training runs of a connection: <c>docs/storage-format.md</c> describes how they lie there.</summary>
public sealed class RunStore(RedisMLConnection connection)
{
    /// <summary>After how many of its node timeouts without a word a run counts as interrupted.</summary>
    const double SilentTimeouts = 3;

    /// <summary>Where a run says that more nodes took part, what they left is looked for.</summary>
    const int BelievedNodes = 1000;

    readonly IDatabase _database = connection.Database;

    /// <summary>The ids of all runs.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation) =>
        [.. (await _database.PatientlyAsync(d => d.SetMembersAsync(connection.Keys.Runs), cancellation).ConfigureAwait(false))
            .Select(id => (string)id!).Where(KeySpace.IsValidName)];

    /// <summary>The ids of the runs of a kind, and of those that can't be read.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string kind, CancellationToken cancellation)
    {
        var ids = await ListAsync(cancellation).ConfigureAwait(false);
        var texts = await _database.PatientlyAsync(
            d => Task.WhenAll(ids.Select(id => d.StringGetAsync(connection.Keys.Run(id).Specification))), cancellation)
                .ConfigureAwait(false);
        return [.. ids.Where((id, index) => !texts[index].IsNull && IsOf(id, texts[index]))];

        bool IsOf(string id, RedisValue text)
        {
            try { return Specification(id, text).Kind == kind; }
            catch (RedisMLException e) when (e.Kind == ErrorKind.InvalidData) { return true; }
        }
    }

    /// <summary>Where a run stands.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>.</exception>
    public async Task<RunStatus> GetAsync(string id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation).ConfigureAwait(false) ?? throw await NotFoundAsync(id, cancellation).ConfigureAwait(false);

    /// <summary>Where a run stands; null where there is none.</summary>
    public async Task<RunStatus?> FindAsync(string id, CancellationToken cancellation)
    {
        var keys = connection.Keys.Run(id);
        var text = _database.PatientlyAsync(d => d.StringGetAsync(keys.Specification), cancellation);
        var fields = _database.PatientlyAsync(d => d.HashGetAllAsync(keys.Control), cancellation);
        var seen = _database.PatientlyAsync(d => d.HashGetAllAsync(keys.Progress), cancellation);
        var nodes = _database.PatientlyAsync(d => d.HashGetAllAsync(keys.Nodes), cancellation);
        await Task.WhenAll(text, fields, seen, nodes).ConfigureAwait(false);
        if ((await text.ConfigureAwait(false)).IsNull || Control(id, await fields.ConfigureAwait(false)) is not { } control) return null;
        var specification = Specification(id, await text.ConfigureAwait(false));
        var (progress, described) = (await seen.ConfigureAwait(false), await nodes.ConfigureAwait(false));
        var now = await connection.Clock.NowAsync(cancellation).ConfigureAwait(false);
        return RunSpecification.Decode(id, keys.Progress,
            () => Describe(specification, control, Pairs(progress).ToDictionary(), Pairs(described).ToDictionary(), now));
    }

    /// <summary>Asks a run's nodes to stop, after a checkpoint; where none of them lives any more, stops it.</summary>
    /// <returns>False where it had ended already.</returns>
    public async Task<bool> StopAsync(string id, CancellationToken cancellation)
    {
        var run = await GetAsync(id, cancellation).ConfigureAwait(false);
        var (ledger, _) = await OpenAsync(id, cancellation).ConfigureAwait(false);
        if (await ledger.StopAsync("stopped by request", force: run.State == RunState.Interrupted, cancellation)
            .ConfigureAwait(false) == "PHASE") return false;
        var patience = TimeSpan.FromSeconds(Math.Max(10, 2 * ledger.Specification.Nodes.NodeTimeout));
        for (long start = Environment.TickCount64; Environment.TickCount64 - start < patience.TotalMilliseconds;)
        {
            await Task.Delay(50, cancellation).ConfigureAwait(false);
            if ((await GetAsync(id, cancellation).ConfigureAwait(false)).State is RunState.Stopped or RunState.Completed or RunState.Failed)
                return true;
        }
        await ledger.StopAsync("stopped by request; no node answered", force: true, cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Removes all that is kept of a run. The model that it published stays.</summary>
    /// <exception cref="RedisMLException"><c>RunActive</c>: it is at work.</exception>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellation)
    {
        if (await TryFindAsync().ConfigureAwait(false) is { State: RunState.Running or RunState.Waiting or RunState.Paused } run)
            throw Active(run);
        await ClearAsync(id, all: true, cancellation).ConfigureAwait(false);
        return await _database.PatientlyAsync(d => d.SetRemoveAsync(connection.Keys.Runs, id), cancellation).ConfigureAwait(false);

        async Task<RunStatus?> TryFindAsync()
        {
            try { return await FindAsync(id, cancellation).ConfigureAwait(false); }
            // What is broken can be removed.
            catch (RedisMLException e) when (e.Kind == ErrorKind.InvalidData) { return null; }
        }
    }

    /// <summary>The metrics of a run, by name and step.</summary>
    public Task<IReadOnlyList<RunMetric>> MetricsAsync(string id, CancellationToken cancellation) =>
        MetricsAsync(connection, connection.Keys.Run(id).Metrics, id, cancellation);

    /// <summary>The metrics that lie under a key, by name and step.</summary>
    internal static async Task<IReadOnlyList<RunMetric>> MetricsAsync(
        RedisMLConnection connection, RedisKey key, string id, CancellationToken cancellation)
    {
        var fields = await connection.Database.PatientlyAsync(d => d.HashGetAllAsync(key), cancellation).ConfigureAwait(false);
        return RunSpecification.Decode<IReadOnlyList<RunMetric>>(id, key, () =>
            [.. fields.Select(field => Parse((string)field.Name!, (string)field.Value!)).OrderBy(m => m.Name, StringComparer.Ordinal)
                .ThenBy(m => m.Step)]);

        RunMetric Parse(string name, string text)
        {
            int colon = name.LastIndexOf(':');
            var words = text.Split(' ');
            return new(id, name[..colon], long.Parse(name[(colon + 1)..], CultureInfo.InvariantCulture),
                double.Parse(words[0], CultureInfo.InvariantCulture),
                DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(words[1], CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Records a new run, of which one node is the first member.</summary>
    internal async Task<RunLedger> CreateAsync(RunSpecification specification, string node, CancellationToken cancellation)
    {
        var keys = connection.Keys.Run(specification.Id);
        var incarnation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        bool isAlone = specification.Nodes.Limit == 1;
        var text = connection.Seals.Run(specification.Id).Close(keys.Specification, specification.ToJson());
        await _database.PatientlyAsync(d => d.StringSetAsync(keys.Specification, text), cancellation)
            .ConfigureAwait(false);
        var member = _database.PatientlyAsync(d => d.HashSetAsync(keys.Members, [new(node, "-")]), cancellation);
        var control = _database.PatientlyAsync(d => d.HashSetAsync(keys.Control,
        [
            new("inc", incarnation), new("gen", RunLedger.NextGeneration("0.")), new("lin", 0), new("step", 0), new("k", 1), new("cnt", 0),
            new("phase", isAlone ? RunPhase.Run : specification.Nodes.NodeCount == 1 ? RunPhase.Form : RunPhase.Pause),
            new("members", node), new("dgen", ""), new("ckstep", 0), new("half", 0), new("started", isAlone ? "1" : ""),
            new("reason", specification.Nodes.NodeCount == 1 ? "" : $"waits for {specification.Nodes.NodeCount} nodes"),
        ]), cancellation);
        var listed = _database.PatientlyAsync(d => d.SetAddAsync(connection.Keys.Runs, specification.Id), cancellation);
        await Task.WhenAll(member, control, listed).ConfigureAwait(false);
        return new(connection, specification, incarnation);
    }

    /// <summary>A run's keys, and its control hash.</summary>
    internal async Task<(RunLedger Ledger, RunControl Control)> OpenAsync(string id, CancellationToken cancellation)
    {
        var keys = connection.Keys.Run(id);
        var text = await _database.PatientlyAsync(d => d.StringGetAsync(keys.Specification), cancellation).ConfigureAwait(false);
        var fields = await _database.PatientlyAsync(d => d.HashGetAllAsync(keys.Control), cancellation).ConfigureAwait(false);
        if (text.IsNull || Control(id, fields) is not { } control) throw await NotFoundAsync(id, cancellation).ConfigureAwait(false);
        return (new(connection, Specification(id, text), control.Incarnation), control);
    }

    RunControl? Control(string id, HashEntry[] fields) =>
        RunSpecification.Decode(id, connection.Keys.Run(id).Control, () => RunControl.Parse(Pairs(fields)));

    RunSpecification Specification(string id, RedisValue text)
    {
        var key = connection.Keys.Run(id).Specification;
        string json = connection.Seals.Run(id).Open(key, text)!;
        return RunSpecification.Decode(id, key, () => RunSpecification.FromJson(id, json));
    }

    /// <summary>Deletes what a run no longer needs once it is published; or all of it.</summary>
    internal async Task ClearAsync(string id, bool all, CancellationToken cancellation)
    {
        var keys = connection.Keys.Run(id);
        var nodes = (await _database.PatientlyAsync(d => d.HashKeysAsync(keys.Nodes), cancellation).ConfigureAwait(false))
            .Select(n => (string)n!).ToList();
        var blobs = await _database.PatientlyAsync(d => d.SetMembersAsync(keys.Blobs), cancellation).ConfigureAwait(false);
        List<RedisKey> gone = [.. blobs.Select(blob => (string)blob!).Where(keys.IsBlob).Select(blob => (RedisKey)blob), keys.Blobs,
            keys.Candidates, keys.Positions];
        bool isBelieved = nodes.Count <= BelievedNodes;
        foreach (var node in isBelieved ? nodes.Append("sum") : [])
        {
            for (int step = 0; step < 2; step++)
            {
                gone.Add(keys.Payload(node, step));
                for (int slice = 0; slice < nodes.Count; slice++) gone.Add(keys.Slice(node, step, slice));
            }
        }
        if (!isBelieved)
            foreach (var root in keys.ExchangeRoots)
                await foreach (var key in connection.KeysAsync(root, cancellation).ConfigureAwait(false))
                    if (key.Contains(":x:", StringComparison.Ordinal)) gone.Add(key);
        if (all)
            gone.AddRange(Remains(keys));
        await _database.PatientlyAsync(d => Task.WhenAll(gone.Select(key => d.KeyDeleteAsync(key))), cancellation).ConfigureAwait(false);
    }

    /// <summary>Forgets a run that has published: what it needed goes now, and the rest after a time, as nodes may still look.</summary>
    internal async Task RetireAsync(string id, TimeSpan afterlife, CancellationToken cancellation)
    {
        await ClearAsync(id, all: false, cancellation).ConfigureAwait(false);
        await _database.PatientlyAsync(d => d.SetRemoveAsync(connection.Keys.Runs, id), cancellation).ConfigureAwait(false);
        await _database.PatientlyAsync(d => Task.WhenAll(Remains(connection.Keys.Run(id)).Select(key => d.KeyExpireAsync(key, afterlife))),
            cancellation).ConfigureAwait(false);
    }

    /// <summary>What is left of a run that has published.</summary>
    static IEnumerable<RedisKey> Remains(RunKeys keys) =>
        [keys.Specification, keys.Control, keys.Members, keys.Beats, keys.Nodes, keys.Metrics, keys.Progress, keys.Result];

    internal static RedisMLException Active(RunStatus run) => new("RunActive", ErrorKind.ResourceBusy,
        $"Training run '{run.Id}' is at work on {run.Nodes} {(run.Nodes == 1 ? "node" : "nodes")}" +
        $"{(run.Members.Count > 0 ? $" ({string.Join("; ", run.Members)})" : "")}. Stop it first " +
        "(Stop-RedisDistributedTraining).", run.Id);

    async Task<RedisMLException> NotFoundAsync(string id, CancellationToken cancellation) =>
        NearestName.NotFound("TrainingRunNotFound", "training run", id, await ListAsync(cancellation).ConfigureAwait(false));

    static RunStatus Describe(
        RunSpecification specification, RunControl control, Dictionary<string, string> progress, Dictionary<string, string> nodes,
        DateTimeOffset now)
    {
        var outcome = control.Phase == RunPhase.Done ? RunOutcome.FromJson(control.Result) : null;
        var updated = progress.TryGetValue("updated", out var time)
            ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(time, CultureInfo.InvariantCulture)) : specification.Started;
        // Its last node said so, or was killed and says nothing.
        bool isSilent = control.Members is [var last] && progress.GetValueOrDefault(RunMembership.LeftField) == last
            || now - updated > TimeSpan.FromSeconds(Math.Max(SilentTimeouts * specification.Nodes.NodeTimeout, 5));
        return new(specification)
        {
            State = control.Phase switch
            {
                RunPhase.Done => RunState.Completed,
                RunPhase.Failed => RunState.Failed,
                RunPhase.Stopped => RunState.Stopped,
                _ when isSilent => RunState.Interrupted,
                RunPhase.Pause => control.Started ? RunState.Paused : RunState.Waiting,
                _ => RunState.Running,
            },
            Outcome = outcome,
            Progress = new((int)Number("iteration", 0), Number("loss", double.NaN), (long)Number("rows", 0), Number("rate", 0),
                (long)Number("dropped", 0)),
            Nodes = control.Members.Count,
            Members = [.. control.Members.Select(member => nodes.TryGetValue(member, out var text) ? NodeDescription.Of(text) : null)
                .OfType<NodeDescription>().Select(node => $"{node.Machine}, process {node.Process}")],
            Workers = control.Members.Sum(member => nodes.TryGetValue(member, out var text)
                ? NodeDescription.Of(text)?.Workers ?? 0 : 0),
            CheckpointStep = control.CheckpointStep,
            Published = control.Published > 0 ? control.Published : null,
            Reason = control.Reason,
            Elapsed = (outcome?.Ended ?? (control.HasEnded || isSilent ? updated : now)) - specification.Started,
        };

        double Number(string name, double otherwise) =>
            progress.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }

    static IEnumerable<KeyValuePair<string, string>> Pairs(HashEntry[] entries) =>
        entries.Select(entry => KeyValuePair.Create((string)entry.Name!, (string)entry.Value!));
}
