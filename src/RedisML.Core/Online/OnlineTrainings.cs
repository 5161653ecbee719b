using System.Diagnostics;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Runs;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>The online trainings of a connection: finds, stops and removes them.</summary>
public sealed class OnlineTrainings(RedisMLConnection connection)
{
    static readonly TimeSpan s_stopLife = TimeSpan.FromMinutes(1), s_look = TimeSpan.FromMilliseconds(50);

    IDatabase Database => connection.Database;

    /// <summary>The models that are trained online, ordinal.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation)
    {
        var models = await Database.PatientlyAsync(d => d.HashKeysAsync(connection.Keys.OnlineTrainings), cancellation)
            .ConfigureAwait(false);
        return [.. models.Select(model => (string)model!).Where(KeySpace.IsValidName).Order(StringComparer.Ordinal)];
    }

    /// <summary>The names of the lists and streams that they learn from, ordinal.</summary>
    public async Task<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellation)
    {
        var entries = await Database.PatientlyAsync(d => d.HashValuesAsync(connection.Keys.OnlineTrainings), cancellation)
            .ConfigureAwait(false);
        return [.. entries.Select(entry => ((string?)entry)?.Split(':') is [_, var name, _] ? name : "").Where(KeySpace.IsValidName)
            .Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The columns that most of a list's or stream's first samples have, in their order.</summary>
    /// <exception cref="RedisMLException"><c>NoSample</c>; <c>RedisWrongType</c>.</exception>
    public async Task<IReadOnlyList<string>> ColumnsAsync(SampleSourceKind kind, string source, CancellationToken cancellation) =>
        [.. (await new FirstSamples(connection).ReadAsync(kind, source, cancellation).ConfigureAwait(false)).Keys];

    /// <exception cref="RedisMLException"><c>OnlineTrainingNotFound</c>; <c>InvalidOnlineState</c>.</exception>
    public async Task<OnlineTraining> GetAsync(string model, CancellationToken cancellation) =>
        await FindAsync(model, cancellation).ConfigureAwait(false) ?? throw NearestName.NotFound("OnlineTrainingNotFound",
            "online training of model", model, await ListAsync(cancellation).ConfigureAwait(false));

    /// <summary>The training of a model; null where there is none.</summary>
    public async Task<OnlineTraining?> FindAsync(string model, CancellationToken cancellation)
    {
        if (await FindSourceAsync(model, cancellation).ConfigureAwait(false) is not { } source) return null;
        var keys = connection.Keys.Samples(source.Name);
        var fields = await Database.PatientlyAsync(
            d => d.HashGetAsync(keys.State(model), [OnlineState.SpecificationField, OnlineState.FiguresField]), cancellation)
            .ConfigureAwait(false);
        if (fields[0].IsNull) return null;
        var seal = new SealedState(connection.Seals.Samples(source.Name), keys.State(model));
        fields = [seal.Open(OnlineState.SpecificationField, fields[0]), seal.Open(OnlineState.FiguresField, fields[1])];
        var lease = await Database.PatientlyAsync(d => d.StringGetAsync(keys.Alive(model)), cancellation).ConfigureAwait(false);
        var (specification, figures) = Decoding.Run(
            () => (OnlineSpecification.FromJson(((ReadOnlyMemory<byte>)fields[0]).Span),
                JsonSerializer.Deserialize(((ReadOnlyMemory<byte>)fields[1]).Span, OnlineJson.Default.OnlineFigures)!),
            (why, e) => new("InvalidOnlineState", ErrorKind.InvalidData,
                $"What the online training of model '{model}' has learned can't be read: {why}.", model, e));
        long? waiting = source.Kind == SampleSourceKind.List ? await WaitingAsync(keys, cancellation).ConfigureAwait(false) : null;
        var status = StatusOf(lease);
        return new()
        {
            Id = specification.Id,
            Model = model,
            State = status is null ? OnlineTrainingState.Stopped : OnlineTrainingState.Running,
            Algorithm = specification.Algorithm,
            SourceKind = specification.SourceKind,
            Source = specification.Source,
            Specification = specification,
            Figures = figures,
            Waiting = waiting,
            Trainer = status,
        };
    }

    /// <summary>The metrics of a training, by name and step; null where no training has this id, and no model that is trained online this
    /// name.</summary>
    public async Task<IReadOnlyList<RunMetric>?> FindMetricsAsync(string idOrModel, CancellationToken cancellation)
    {
        if (await FindByIdAsync(idOrModel, cancellation).ConfigureAwait(false) is not { } training) return null;
        var key = connection.Keys.Samples(training.Source).Metrics(training.Model);
        return await RunStore.MetricsAsync(connection, key, training.Id, cancellation).ConfigureAwait(false);
    }

    /// <summary>The training that has an id, or trains a model of this name; null where there is none.</summary>
    public async Task<OnlineTraining?> FindByIdAsync(string idOrModel, CancellationToken cancellation)
    {
        var models = await ListAsync(cancellation).ConfigureAwait(false);
        if (models.Contains(idOrModel)) return await FindAsync(idOrModel, cancellation).ConfigureAwait(false);
        var entries = await Database.PatientlyAsync(d => d.HashGetAllAsync(connection.Keys.OnlineTrainings), cancellation)
            .ConfigureAwait(false);
        string? model = entries.FirstOrDefault(entry => ((string?)entry.Value)?.EndsWith($":{idOrModel}", StringComparison.Ordinal) == true)
            .Name;
        return model is null || idOrModel.Length == 0 ? null : await FindAsync(model, cancellation).ConfigureAwait(false);
    }

    /// <summary>The samples that were put aside last, the newest first: JSON of <c>reason</c> and <c>sample</c>.</summary>
    public async Task<IReadOnlyList<string>> RejectedAsync(OnlineTraining training, CancellationToken cancellation)
    {
        var (key, seal) =
            (connection.Keys.Samples(training.Source).Rejected(training.Model), connection.Seals.Samples(training.Source));
        var samples = await Database.PatientlyAsync(d => d.ListRangeAsync(key), cancellation).ConfigureAwait(false);
        return [.. samples.Select(sample => (string)seal.Open(key, sample)!)];
    }

    /// <summary>Tells the process that trains to end, and waits until it has.</summary>
    /// <returns>False where none trains.</returns>
    /// <exception cref="RedisMLException"><c>OnlineTrainingNotFound</c>; <c>OnlineTrainingNotStopped</c>.</exception>
    public async Task<bool> StopAsync(string model, TimeSpan patience, CancellationToken cancellation)
    {
        var training = await GetAsync(model, cancellation).ConfigureAwait(false);
        if (training.Trainer is not { } trainer) return false;
        var keys = connection.Keys.Samples(training.Source);
        await Database.PatientlyAsync(d => d.StringSetAsync(keys.Stop(model), trainer.Id, s_stopLife), cancellation).ConfigureAwait(false);
        for (long start = Stopwatch.GetTimestamp(); ; await Task.Delay(s_look, cancellation).ConfigureAwait(false))
        {
            var lease = await Database.PatientlyAsync(d => d.StringGetAsync(keys.Alive(model)), cancellation).ConfigureAwait(false);
            if (StatusOf(lease)?.Id != trainer.Id) break;
            if (Stopwatch.GetElapsedTime(start) > patience)
                throw new RedisMLException("OnlineTrainingNotStopped", ErrorKind.OperationTimeout,
                    $"The online training of model '{model}' hasn't ended on {trainer.Machine}, process {trainer.Process}.", model);
        }
        await Database.PatientlyAsync(d => d.KeyDeleteAsync(keys.Stop(model)), cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Removes what a training has learned, and its metrics. Samples and published versions stay; a process that trains ends.
    /// </summary>
    /// <exception cref="RedisMLException"><c>OnlineTrainingNotFound</c>.</exception>
    public async Task RemoveAsync(string model, CancellationToken cancellation)
    {
        var source = await FindSourceAsync(model, cancellation).ConfigureAwait(false) ?? throw NearestName.NotFound(
            "OnlineTrainingNotFound", "online training of model", model, await ListAsync(cancellation).ConfigureAwait(false));
        var keys = connection.Keys.Samples(source.Name);
        foreach (var key in new[] { keys.State(model), keys.Metrics(model), keys.Rejected(model), keys.Stop(model) })
            await Database.PatientlyAsync(d => d.KeyDeleteAsync(key), cancellation).ConfigureAwait(false);
        await Database.PatientlyAsync(d => d.HashDeleteAsync(connection.Keys.OnlineTrainings, model), cancellation).ConfigureAwait(false);
    }

    /// <summary>Where the samples of a model's training come from; null where there is none.</summary>
    internal async Task<(SampleSourceKind Kind, string Name)?> FindSourceAsync(string model, CancellationToken cancellation)
    {
        _ = connection.Keys.Model(model);
        var entry = await Database.PatientlyAsync(d => d.HashGetAsync(connection.Keys.OnlineTrainings, model), cancellation)
            .ConfigureAwait(false);
        return ((string?)entry)?.Split(':') is [var kind, var name, _] && Enum.TryParse<SampleSourceKind>(kind, out var parsed)
            && KeySpace.IsValidName(name) ? (parsed, name) : null;
    }

    /// <summary>Notes a training that is new; where somebody was faster, theirs stays.</summary>
    /// <exception cref="RedisMLException"><c>SamplesInUse</c>.</exception>
    internal async Task RegisterAsync(string model, OnlineSpecification specification, CancellationToken cancellation)
    {
        string entry = $"{specification.SourceKind}:{specification.Source}:";
        var entries = await Database.PatientlyAsync(d => d.HashGetAllAsync(connection.Keys.OnlineTrainings), cancellation)
            .ConfigureAwait(false);
        if (specification.SourceKind == SampleSourceKind.List && Array.Find(entries, other => other.Name != model
            && ((string?)other.Value)?.StartsWith(entry, StringComparison.Ordinal) == true) is { Name.IsNull: false } other)
            throw new RedisMLException("SamplesInUse", ErrorKind.ResourceBusy,
                $"Model '{other.Name}' takes its samples from list '{specification.Source}': what it has learned leaves the list. Give " +
                "each model a list, or use a stream.", specification.Source);
        await Database.PatientlyAsync(d => d.HashSetAsync(connection.Keys.OnlineTrainings, model, entry + specification.Id, When.NotExists),
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Notes the id of the training that there is.</summary>
    internal Task NoteAsync(string model, OnlineSpecification specification, CancellationToken cancellation) => Database.PatientlyAsync(
        d => d.HashSetAsync(connection.Keys.OnlineTrainings, model,
            $"{specification.SourceKind}:{specification.Source}:{specification.Id}"), cancellation);

    /// <summary>Waits until no other process trains any more: one that was killed says nothing for the time of its lease.</summary>
    /// <exception cref="RedisMLException"><c>OnlineTrainingActive</c>.</exception>
    internal async Task AwaitLeaseAsync(string model, string source, TrainerOptions options, CancellationToken cancellation)
    {
        var key = connection.Keys.Samples(source).Alive(model);
        string? first = null;
        for (long start = Stopwatch.GetTimestamp(); ; await Task.Delay(s_look, cancellation).ConfigureAwait(false))
        {
            var lease = await Database.PatientlyAsync(d => d.StringGetAsync(key), cancellation).ConfigureAwait(false);
            if (options.Force || StatusOf(lease) is not { } trainer || HasEnded(trainer)) return;
            // A beat that isn't the first one that was seen: it lives. One that is has until the lease that it was given ends.
            first ??= lease!;
            var left = await Database.PatientlyAsync(d => d.KeyTimeToLiveAsync(key), cancellation).ConfigureAwait(false);
            if (first != lease || Stopwatch.GetElapsedTime(start) > options.Lease + (left ?? default))
                throw new RedisMLException("OnlineTrainingActive", ErrorKind.ResourceBusy,
                    $"Model '{model}' is trained online on {trainer.Machine}, process {trainer.Process}. Stop that first " +
                    "(Stop-RedisOnlineTraining), or take over (-Force).", model);
        }
    }

    internal static TrainerStatus? StatusOf(RedisValue lease)
    {
        if (lease.IsNull) return null;
        try { return JsonSerializer.Deserialize(((ReadOnlyMemory<byte>)lease).Span, OnlineJson.Default.TrainerStatus); }
        catch (JsonException) { return null; } // Somebody else wrote it.
    }

    /// <summary>Whether it ran on this machine, and doesn't any more.</summary>
    static bool HasEnded(TrainerStatus trainer)
    {
        if (trainer.Machine != Environment.MachineName) return false;
        try
        {
            using var process = Process.GetProcessById(trainer.Process);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    Task<long> WaitingAsync(SampleKeys keys, CancellationToken cancellation) => Database.PatientlyAsync(
        async d =>
        {
            try { return await d.ListLengthAsync(keys.Samples).ConfigureAwait(false); }
            catch (RedisServerException e) when (e.Message.Contains("WRONGTYPE", StringComparison.Ordinal)) { return 0; }
        }, cancellation);
}
