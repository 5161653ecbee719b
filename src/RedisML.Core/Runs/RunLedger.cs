using RedisML.Connections;
using RedisML.Errors;
using RedisML.Runs.Nodes;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Runs;

/// <summary>A run's keys, and the scripts that change them. Whatever fails for a while is tried again until a deadline.</summary>
internal sealed class RunLedger(RedisMLConnection connection, RunSpecification specification, string incarnation)
{
    public RunSpecification Specification { get; } = specification;

    public string Incarnation { get; } = incarnation;

    /// <summary>What closes what nodes write for each other.</summary>
    public Seal Seal { get; } = connection.Seals.Run(specification.Id);

    public RunKeys Keys { get; } = connection.Keys.Run(specification.Id);

    public IDatabase Database { get; } = connection.Database;

    public ISubscriber Subscriber { get; } = connection.Database.Multiplexer.GetSubscriber();

    public ServerClock Clock { get; } = connection.Clock;

    RedisValue Channel => Keys.Events.ToString();

    /// <summary>A sign of life.</summary>
    /// <param name="position">At which step the node has its state.</param>
    /// <returns>Everything there is to know about the run.</returns>
    public Task<RunView> BeatAsync(string node, string position, CancellationToken cancellation) =>
        ViewAsync(RunScripts.Beat, [Incarnation, node, position], cancellation);

    /// <summary>The run as it stands now; nothing is written.</summary>
    public Task<RunView> LookAsync(CancellationToken cancellation) => ViewAsync(RunScripts.Look, [Incarnation], cancellation);

    Task<RunView> ViewAsync(string script, RedisValue[] arguments, CancellationToken cancellation) => RetryAsync(async () =>
    {
        var reply = (RedisResult[])(await Database.ScriptEvaluateAsync(
            script, [Keys.Control, Keys.Beats, Keys.Members, Keys.Candidates, Keys.Positions], arguments).ConfigureAwait(false))!;
        if ((string)reply[0]! == "LOST" || RunSpecification.Decode(
            Specification.Id, Keys.Control, () => RunControl.Parse(RunControl.Pairs(reply[1]))) is not { } control) throw Lost();
        return new RunView(control, Fields(reply[2]), Fields(reply[3]), Fields(reply[4]), Fields(reply[5]));
    }, cancellation);

    /// <summary>Starts a new generation, if the run is still in the one given.</summary>
    public async Task<bool> ProposeAsync(
        RunControl from, IReadOnlyList<string> members, string phase, string reason, string proposer, bool restart,
        CancellationToken cancellation)
    {
        var generation = NextGeneration(from.Generation);
        RedisValue[] arguments = [Incarnation, from.Generation, generation, phase, reason, Channel, proposer, restart ? 1 : 0,
            .. members.Order(StringComparer.Ordinal).Select(m => (RedisValue)m)];
        return await EvaluateAsync(RunScripts.Propose, [Keys.Control, Keys.Members], arguments, cancellation).ConfigureAwait(false) == "OK";
    }

    public Task<string> ReadyAsync(string generation, string node, long lineage, long step, ulong digest, CancellationToken cancellation) =>
        EvaluateAsync(RunScripts.Ready, [Keys.Control, Keys.Members],
            [Incarnation, generation, node, lineage, step, $"{digest:x16}", Channel], cancellation);

    /// <summary>Writes what a node adds to a step, and counts its arrival.</summary>
    public Task<string> ArriveAsync(
        string generation, string node, long step, ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> payload, ulong digest,
        CancellationToken cancellation) => RetryAsync(async () =>
    {
        var key = Keys.Payload(node, step);
        var written = Database.StringSetAsync(key, payload);
        var arrived = Database.ScriptEvaluateAsync(RunScripts.Arrive, [Keys.Control, Keys.Members, key],
            [Incarnation, generation, node, step, header, $"{digest:x16}", Channel]);
        await Task.WhenAll(written, arrived).ConfigureAwait(false);
        return Status(await arrived.ConfigureAwait(false));
    }, cancellation);

    public Task<string> HalfAsync(string generation, string node, long step, CancellationToken cancellation) =>
        EvaluateAsync(RunScripts.Half, [Keys.Control, Keys.Members], [Incarnation, generation, node, step, Channel], cancellation);

    /// <summary>Writes a checkpoint or snapshot, then points to it.</summary>
    /// <param name="field"><c>ck</c> or <c>snap</c>.</param>
    public async Task<string> PointAsync(
        string generation, string node, string field, long step, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        connection.DemandRoom();
        var key = field == "ck" ? Keys.Checkpoint(generation, step) : Keys.Snapshot(generation, step);
        if (Seal.IsOn) body = Seal.Encrypt(key, body.Span);
        var header = RunBlob.Header(Incarnation, generation, step, node, body.Span);
        var blob = RunBlob.Join(header, body.Span);
        await RetryAsync(() => Database.SetAddAsync(Keys.Blobs, (string)key!), cancellation).ConfigureAwait(false);
        await RetryAsync(() => Database.StringSetAsync(key, blob), cancellation).ConfigureAwait(false);
        return await EvaluateAsync(RunScripts.Point, [Keys.Control, Keys.Members, key],
            [Incarnation, generation, node, field, step, header, blob.Length], cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends the run for all, once.</summary>
    /// <param name="result">Of a run that is done, JSON; else empty.</param>
    /// <param name="errorId">Of one that failed; else empty.</param>
    public Task<string> EndAsync(
        string generation, string node, string phase, string reason, CancellationToken cancellation, string result = "",
        string errorId = "") =>
        EvaluateAsync(
            RunScripts.End, [Keys.Control, Keys.Members], [Incarnation, generation, node, phase, reason, result, errorId, Channel],
            cancellation);

    public Task<string> StopAsync(string reason, bool force, CancellationToken cancellation) =>
        EvaluateAsync(RunScripts.Stop, [Keys.Control], [Incarnation, reason, Channel, force ? 1 : 0], cancellation);

    /// <summary>Repeats what fails because the server is away, loads, or has no memory just now.</summary>
    /// <exception cref="RedisMLException">It still fails at the deadline.</exception>
    public async Task<T> RetryAsync<T>(Func<Task<T>> command, CancellationToken cancellation)
    {
        var deadline = TimeSpan.FromSeconds(Specification.Nodes.OutageTimeout);
        try
        {
            return await Database.PatientlyAsync(_ => command(), MayPass, deadline, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (MayPass(e))
        {
            throw RedisErrors.Translate(e, connection.Endpoint)!;
        }
    }

    public NodeOutException Lost() => new("RunStateLost", ErrorKind.InvalidData,
        $"The state of training run '{Specification.Id}' is no longer on {connection.Endpoint}: the server was restarted without its " +
        "data, evicted it, " +
        "or the run was removed. Start the training again; with an append-only file (appendonly yes) it would survive a restart.",
            Specification.Id);

    /// <summary>A run has time to wait for a server without memory, too.</summary>
    static bool MayPass(Exception e) => RedisPatience.MayPass(e)
        || e is RedisServerException && RedisErrors.CodeOf(e.Message) is "BUSY" or "OOM" or "MISCONF";

    Task<string> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellation) =>
        RetryAsync(async () => Status(await Database.ScriptEvaluateAsync(script, keys, arguments).ConfigureAwait(false)), cancellation);

    string Status(RedisResult reply) => (string)((RedisResult[])reply!)[0]! is var status && status != "LOST" ? status : throw Lost();

    static Dictionary<string, string> Fields(RedisResult flat) =>
        RunControl.Pairs(flat).DistinctBy(pair => pair.Key).ToDictionary(StringComparer.Ordinal);

    public static string NextGeneration(string generation) =>
        $"{long.Parse(generation.Split('.')[0]) + 1}.{Random.Shared.NextInt64():x16}";
}
