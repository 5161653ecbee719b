using System.Diagnostics;
using System.Security.Cryptography;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Sealing;
using RedisML.Serving.Http;
using StackExchange.Redis;

namespace RedisML.Serving;

/// <summary>An instance of a prediction service: takes requests from a list, answers them together,
/// and follows the alias of its model.</summary>
/// <remarks>
/// A request is moved to the instance's own list, answered, and only then removed: so it is answered at least once, whatever dies. What an
/// instance whose lease lapsed had taken, the others put back. <c>docs/serving.md</c> is the protocol.
/// </remarks>
public sealed partial class PredictionInstance
{
    /// <summary>The longest wait for a request, in seconds: an instance that is to end waits no longer.</summary>
    const string Patience = "0.5";

    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    readonly RedisMLConnection _connection;
    readonly ServiceKeys _keys;
    readonly ModelReference _reference;
    readonly ServiceOptions _options;
    readonly CancellationTokenSource _stop = new();
    readonly StandingDuties _duties;
    readonly LatencyRecord _latencies = new();
    readonly ServiceReply _reply = new();
    readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    volatile ServedModel _served;
    HttpEndpoint? _http;
    long _answered;
    long _failed;

    PredictionInstance(RedisMLConnection connection, string name, ModelReference reference, ServiceOptions options, ServedModel served)
    {
        (_connection, Name, _reference, _options, _served) = (connection, name, reference, options, served);
        _duties = new(connection, _stop.Token);
        _keys = connection.Keys.Service(name);
    }

    /// <summary>The name of the service.</summary>
    public string Name { get; }

    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    /// <summary>Ends when the instance has, after <see cref="SignalStop"/>, or because it was told to by way of the server.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public InstanceStatus Status
    {
        get
        {
            var (p50, p99, mean) = _latencies.Summary();
            return new()
            {
                Id = Id,
                Model = _reference.ToString(),
                Version = _served.Model.Version,
                Answered = Interlocked.Read(ref _answered),
                Failed = Interlocked.Read(ref _failed),
                P50Milliseconds = p50,
                P99Milliseconds = p99,
                MeanBatch = mean,
                Machine = Environment.MachineName,
                Process = Environment.ProcessId,
                Started = _started,
                Http = _options.Http is { } http ? $"http://{http.Address}:{http.Port}/v2" : null,
                LastError = _duties.LastError,
            };
        }
    }

    /// <summary>Starts to answer; returns once the instance is known to others.</summary>
    /// <exception cref="RedisMLException"><c>InvalidName</c>, <c>TokenRequired</c>, <c>PortUnusable</c>; those of
    /// <see cref="ModelStore.GetAsync(ModelReference, CancellationToken)"/> and
    /// <see cref="ModelFamilies.LoadAsync"/>; those of a connection.</exception>
    public static async Task<PredictionInstance> StartAsync(
        RedisMLConnection connection, string name, ModelReference reference, ServiceOptions options, CancellationToken cancellation)
    {
        var models = new ModelStore(connection);
        var model = await models.GetAsync(reference, cancellation).ConfigureAwait(false);
        var served = await ServedModel.LoadAsync(models, model, cancellation).ConfigureAwait(false);
        var instance = new PredictionInstance(connection, name, reference, options, served);
        if (options.Http is { } http) instance._http = HttpEndpoint.Start(http, instance.NewRouter());
        try
        {
            // A wait for a request blocks its connection, so that it has one of its own.
            var blocking = await connection.CopyAsync(cancellation).ConfigureAwait(false);
            await connection.Database.PatientlyAsync(d => d.SetAddAsync(connection.Keys.Services, name), cancellation)
                .ConfigureAwait(false);
            await instance.BeatAsync().ConfigureAwait(false);
            instance.Completion = Task.Run(() => instance.RunAsync(blocking), CancellationToken.None);
            return instance;
        }
        catch
        {
            if (instance._http is not null) await instance._http.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the instance after the requests that it has taken.</summary>
    public void SignalStop() => _stop.Cancel();

    async Task RunAsync(RedisMLConnection blocking)
    {
        await using (blocking.ConfigureAwait(false))
        {
            var duties = Task.WhenAll(
                _duties.RepeatAsync(() => Min(TimeSpan.FromSeconds(1), _options.Lease / 4), BeatAsync),
                _duties.RepeatAsync(() => _options.Lease / 2, ReclaimAsync),
                _duties.RepeatAsync(() => _options.FollowInterval, FollowAsync));
            await ServeAsync(blocking.Database).ConfigureAwait(false);
            if (_http is not null) await _http.DisposeAsync().ConfigureAwait(false);
            await duties.ConfigureAwait(false);
            await _duties.TryAsync(LeaveAsync).ConfigureAwait(false);
        }
    }

    /// <summary>Over HTTP the model goes by its reference, its own name, and that of the service.</summary>
    InferenceRouter NewRouter() =>
        new(() => _served, [.. new[] { _reference.ToString(), _reference.Name, Name }.Distinct(StringComparer.Ordinal)], CountHttp);

    void CountHttp(double milliseconds, bool hasFailed)
    {
        Interlocked.Increment(ref _answered);
        if (hasFailed) Interlocked.Increment(ref _failed);
        _latencies.Add(milliseconds, 1);
    }

    async Task ServeAsync(IDatabase database)
    {
        RedisKey work = _keys.Work(Id);
        bool hasFailed = false, isAnswered = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                // What lies there after an error it has taken, and perhaps not answered.
                var taken = hasFailed ? await database.ListRangeAsync(work).ConfigureAwait(false) : [];
                if (taken.Length == 0) taken = await TakeAsync(database, work, isAnswered).ConfigureAwait(false);
                hasFailed = isAnswered = false;
                if (taken.Length == 0) continue;
                await AnswerAsync(taken).ConfigureAwait(false);
                isAnswered = true;
            }
            catch (Exception e) when (RedisErrors.Translate(e, _connection.Endpoint) is { } error)
            {
                _duties.Note(error);
                (hasFailed, isAnswered) = (true, false);
                await _duties.PauseAsync(s_pause).ConfigureAwait(false);
            }
        }
        if (isAnswered) await _duties.TryAsync(() => database.KeyDeleteAsync(work)).ConfigureAwait(false);
    }

    /// <summary>Removes what was answered, waits for a request, and takes those that wait behind it too, the oldest first.</summary>
    /// <remarks>All in one packet: the server keeps the script until the wait has ended, so that a request costs one round trip.</remarks>
    async Task<RedisValue[]> TakeAsync(IDatabase database, RedisKey work, bool isAnswered)
    {
        var removing = isAnswered ? database.KeyDeleteAsync(work) : Task.FromResult(false);
        var waiting = database.ExecuteAsync("BLMOVE", [_keys.Queue, work, "RIGHT", "LEFT", Patience]);
        var taking = _options.BatchSize == 1 ? null
            : database.ScriptEvaluateAsync(TakeScript, [_keys.Queue, work], [_options.BatchSize - 1]);
        await Task.WhenAll(removing, waiting, taking ?? Task.CompletedTask).ConfigureAwait(false);
        var first = await waiting.ConfigureAwait(false);
        var more = taking is null ? [] : (RedisValue[]?)await taking.ConfigureAwait(false) ?? [];
        return first.IsNull ? more : [(RedisValue)first, .. more];
    }

    async Task AnswerAsync(RedisValue[] taken)
    {
        long start = Stopwatch.GetTimestamp();
        var served = _served;
        var now = DateTimeOffset.UtcNow;
        served.Rows.Clear();
        var requests = Array.ConvertAll(taken, json => ServiceRequest.Read(Opened(json), served.Rows, _keys.ReplyStart, now));
        var predictions = Predict(served, requests);
        var replies = new List<Task>(2 * requests.Length);
        for (int i = 0; i < requests.Length; i++)
        {
            var request = requests[i];
            if (request.Problem is not null || request.Reply is null) Interlocked.Increment(ref _failed);
            replies.Add(request.Reply is null ? RejectAsync(taken[i])
                : ReplyAsync(request.Reply, _reply.Write(request, served, predictions)));
        }
        await Task.WhenAll(replies).ConfigureAwait(false);
        Interlocked.Add(ref _answered, requests.Length);
        _latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds, requests.Length);
    }

    Predictions? Predict(ServedModel served, ServiceRequest[] requests)
    {
        if (served.Rows.Rows == 0) return null;
        try
        {
            return served.Predictor.Predict(served.Rows.ToBatch());
        }
        catch (RedisMLException e)
        {
            foreach (var request in requests) request.FailBatch(e.ErrorId, e.Message);
            return null;
        }
    }

    async Task ReplyAsync(string key, byte[] reply)
    {
        try
        {
            var pushed = _connection.Database.ListRightPushAsync(key, Seal.Close(key, (RedisValue)reply));
            var expires = _connection.Database.KeyExpireAsync(key, ServiceLimits.ReplyLife);
            await pushed.ConfigureAwait(false);
            await expires.ConfigureAwait(false);
        }
        catch (RedisServerException e) when (!RedisPatience.MayPass(e))
        {
            // Something else lies under the key that the client named: nobody waits there.
            Interlocked.Increment(ref _failed);
        }
    }

    Seal Seal => _connection.Seals.Service(Name);

    /// <summary>A request; of one that isn't sealed as it should be, nothing, which is put aside like others that can't be read.</summary>
    byte[] Opened(RedisValue request)
    {
        try { return (byte[])Seal.Open(_keys.Queue, request)!; }
        catch (RedisMLException) { return []; }
    }

    /// <summary>Remembers a request to which there is no reply, in part.</summary>
    async Task RejectAsync(RedisValue request)
    {
        var bytes = (ReadOnlyMemory<byte>)request;
        var pushed = _connection.Database.ListLeftPushAsync(_keys.Rejected, bytes[..Math.Min(bytes.Length, ServiceLimits.RejectedBytes)]);
        var trimmed = _connection.Database.ListTrimAsync(_keys.Rejected, 0, ServiceLimits.Rejected - 1);
        await pushed.ConfigureAwait(false);
        await trimmed.ConfigureAwait(false);
    }

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
