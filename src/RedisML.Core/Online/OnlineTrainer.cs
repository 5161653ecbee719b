using System.Diagnostics;
using System.Security.Cryptography;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Online;

/// <summary>Trains a model online: takes samples as they come, learns them, and publishes versions on a beat.</summary>
/// <remarks>
/// What was learned and up to where are committed by one script on one hash, so that each sample is learned exactly once, whatever dies and
/// when. Only the trainer that claimed the hash last can commit. <c>docs/online-training.md</c> tells the whole.
/// </remarks>
public sealed partial class OnlineTrainer
{
    static readonly TimeSpan s_shortPause = TimeSpan.FromMilliseconds(2), s_longPause = TimeSpan.FromMilliseconds(50),
        s_pauseAfterError = TimeSpan.FromMilliseconds(200);

    readonly RedisMLConnection _connection;
    readonly OnlineStore _store;
    readonly SampleKeys _keys;
    readonly TrainerOptions _options;
    readonly SampleSource _source;
    readonly CancellationTokenSource _stop = new();
    readonly StandingDuties _duties;
    readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    OnlineState _state;
    OnlineFigures _figures;
    RedisMLException? _failure;
    long _learned;
    long _version;
    double _rate;

    OnlineTrainer(RedisMLConnection connection, string model, OnlineStore store, OnlineState state, TrainerOptions options)
    {
        (_connection, Model, _store, _state, _options) = (connection, model, store, state, options);
        _duties = new(connection, _stop.Token);
        _keys = connection.Keys.Samples(state.Specification.Source);
        _source = SampleSource.Create(connection, state.Specification);
        _figures = state.Figures();
        _published = state.Learner.Samples;
    }

    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    /// <summary>The model that is trained.</summary>
    public string Model { get; }

    /// <summary>What it learns, and how.</summary>
    public OnlineSpecification Specification => _state.Specification;

    /// <summary>Ends when the trainer has: after <see cref="SignalStop"/>, because it was told to by way of the server, where no sample is
    /// left and that was the order, or because another one took over, which is an error: <c>OnlineTrainingTakenOver</c>.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>How far the training is, as of the last commit.</summary>
    public OnlineFigures Figures => Volatile.Read(ref _figures);

    public TrainerStatus Status => new()
    {
        Id = Id,
        Machine = Environment.MachineName,
        Process = Environment.ProcessId,
        Started = _started,
        Learned = Interlocked.Read(ref _learned),
        SamplesPerSecond = Volatile.Read(ref _rate),
        Version = Interlocked.Read(ref _version) is > 0 and var version ? version : null,
        LastError = _duties.LastError ?? _source.Problem,
    };

    /// <summary>Whether it ends when no sample is left.</summary>
    public bool EndsByItself => _options.Once;

    /// <summary>How the training fares, as this process knows it.</summary>
    public OnlineTraining Describe() => new()
    {
        Id = Specification.Id,
        Model = Model,
        State = Completion.IsCompleted ? OnlineTrainingState.Stopped : OnlineTrainingState.Running,
        Algorithm = Specification.Algorithm,
        SourceKind = Specification.SourceKind,
        Source = Specification.Source,
        Specification = Specification,
        Figures = Figures,
        Trainer = Status,
    };

    /// <summary>Starts an online training, or goes on with the one that there is; returns once nobody else can commit any more.</summary>
    /// <exception cref="RedisMLException"><c>OnlineTrainingActive</c>: another process trains. <c>OnlineTrainingDiffers</c>: the one that
    /// there is learns something else. <c>SamplesInUse</c>: another model takes its samples from this list. Those of
    /// <see cref="OnlinePlan.MakeAsync"/>; <c>InvalidOnlineState</c>.</exception>
    public static async Task<OnlineTrainer> StartAsync(
        RedisMLConnection connection, OnlineStartOptions start, TrainerOptions options, CancellationToken cancellation)
    {
        _ = connection.Keys.Model(start.Model);
        if (options.Alias is { } alias && !ModelReference.IsAlias(alias))
            throw new RedisMLException("InvalidAlias", ErrorKind.InvalidArgument, $"'{alias}' can't be an alias.", alias);
        var trainings = new OnlineTrainings(connection);
        var known = await trainings.FindSourceAsync(start.Model, cancellation).ConfigureAwait(false);
        string source = known?.Name ?? start.Source ?? "";
        OnlineState? fresh = null;
        if (known is null)
        {
            fresh = await new OnlinePlan(connection, start).MakeAsync(cancellation).ConfigureAwait(false);
            source = start.Source!;
            await trainings.RegisterAsync(start.Model, fresh.Specification, cancellation).ConfigureAwait(false);
        }
        await trainings.AwaitLeaseAsync(start.Model, source, options, cancellation).ConfigureAwait(false);
        var store = new OnlineStore(connection, start.Model, source);
        var state = await store.ReadAsync(cancellation).ConfigureAwait(false);
        if (state is null)
        {
            var again = start with { Source = source, SourceKind = known?.Kind ?? start.SourceKind };
            fresh ??= await new OnlinePlan(connection, again).MakeAsync(cancellation).ConfigureAwait(false);
        }
        else OnlineDifference.Check(start, state.Specification);
        var trainer = new OnlineTrainer(connection, start.Model, store, state ?? fresh!, options);
        await store.ClaimAsync(trainer.Id, state is null ? fresh : null, cancellation).ConfigureAwait(false);
        // What is there now is the last that anybody else could commit.
        trainer._state = await store.ReadAsync(cancellation).ConfigureAwait(false) ?? trainer._state;
        trainer._published = trainer._state.Learner.Samples;
        Volatile.Write(ref trainer._figures, trainer._state.Figures());
        await trainings.NoteAsync(start.Model, trainer.Specification, cancellation).ConfigureAwait(false);
        await trainer.CheckSourceAsync(cancellation).ConfigureAwait(false);
        await trainer.BeatAsync().ConfigureAwait(false);
        trainer.Completion = Task.Run(trainer.RunAsync, CancellationToken.None);
        return trainer;
    }

    /// <summary>Ends the training after the samples that are being learned.</summary>
    public void SignalStop() => _stop.Cancel();

    async Task RunAsync()
    {
        var beating = _duties.RepeatAsync(() => Min(TimeSpan.FromSeconds(1), _options.Lease / 4), BeatAsync);
        try
        {
            await LearnAsync().ConfigureAwait(false);
            if (_failure is null) await _duties.TryAsync(() => PublishAsync(CancellationToken.None)).ConfigureAwait(false);
        }
        finally
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await beating.ConfigureAwait(false);
            await _duties.TryAsync(LeaveAsync).ConfigureAwait(false);
        }
        if (_failure is not null) throw _failure;
    }

    async Task LearnAsync()
    {
        var pause = s_shortPause;
        long start = Stopwatch.GetTimestamp(), before = 0, published = Stopwatch.GetTimestamp();
        while (!_stop.IsCancellationRequested && _failure is null)
        {
            try
            {
                if (await _source.ReadAsync(_state, _options.BatchSize).ConfigureAwait(false))
                {
                    pause = s_shortPause;
                    await LearnBatchAsync().ConfigureAwait(false);
                }
                else if (_options.Once)
                {
                    return;
                }
                else
                {
                    await _duties.PauseAsync(pause).ConfigureAwait(false);
                    pause = Min(2 * pause, s_longPause);
                }
                if (Stopwatch.GetElapsedTime(start) is { TotalSeconds: >= 1 } elapsed)
                {
                    Volatile.Write(ref _rate, (_learned - before) / elapsed.TotalSeconds);
                    (start, before) = (Stopwatch.GetTimestamp(), _learned);
                }
                if (Stopwatch.GetElapsedTime(published) >= _options.PublishInterval)
                {
                    published = Stopwatch.GetTimestamp();
                    await _duties.TryAsync(() => PublishAsync(_stop.Token)).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (RedisErrors.Translate(e, _connection.Endpoint) is { } error)
            {
                _duties.Note(error);
                _source.Reset();
                if (_options.Once && !RedisPatience.MayPass(e))
                {
                    _failure = error;
                    return;
                }
                await _duties.PauseAsync(s_pauseAfterError).ConfigureAwait(false);
            }
        }
    }

    async Task LearnBatchAsync()
    {
        string from = _state.Offset;
        long samples = _state.Learner.Samples;
        var taken = _source.Learn(_state);
        CommitOutcome outcome;
        try
        {
            outcome = await _store.CommitAsync(Id, _state, from, taken, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // What was learned here isn't known to be there: the state goes back to what is, once it can be read.
            await ReloadAsync().ConfigureAwait(false);
            throw;
        }
        switch (outcome)
        {
            case CommitOutcome.Done:
                Interlocked.Add(ref _learned, _state.Learner.Samples - samples);
                Volatile.Write(ref _figures, _state.Figures());
                _duties.Forget();
                break;
            case CommitOutcome.Behind: await ReloadAsync().ConfigureAwait(false); break;
            default: _failure = Lost(outcome); break;
        }
    }

    /// <summary>Takes the state that the server has: after a restart that may be an earlier one.</summary>
    async Task ReloadAsync()
    {
        _source.Reset();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await _store.ReadAsync(_stop.Token).ConfigureAwait(false) is { } state) _state = state;
                else _failure = Lost(CommitOutcome.Gone);
                _published = Math.Min(_published, _state.Learner.Samples);
                return;
            }
            catch (Exception e) when (RedisErrors.Translate(e, _connection.Endpoint) is { ErrorId: not "InvalidOnlineState" } error)
            {
                _duties.Note(error);
                await _duties.PauseAsync(s_pauseAfterError).ConfigureAwait(false);
            }
            catch (RedisMLException e)
            {
                _failure = e;
                return;
            }
        }
    }

    RedisMLException Lost(CommitOutcome outcome) => outcome == CommitOutcome.Fenced
        ? new("OnlineTrainingTakenOver", ErrorKind.ResourceBusy,
            $"Another process took over the online training of model '{Model}'; nothing that this one learned since was kept.", Model)
        : new("OnlineTrainingRemoved", ErrorKind.ObjectNotFound, $"The online training of model '{Model}' was removed.", Model);

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
