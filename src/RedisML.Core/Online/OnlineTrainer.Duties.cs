using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Online;

// What a trainer does beside learning: it beats, and publishes what it has learned.
public sealed partial class OnlineTrainer
{
    readonly Queue<long> _kept = new();

    /// <summary>Samples learned as of the version that was published last.</summary>
    long _published;

    /// <summary>Renews the lease, says how the trainer fares, and looks whether it is to end: told to, or as another has the lease.
    /// </summary>
    async Task BeatAsync()
    {
        string status = JsonSerializer.Serialize(Status, OnlineJson.Default.TrainerStatus);
        var renewal = _store.RenewAsync(Id, status, _options.Lease);
        var stop = _connection.Database.StringGetAsync(_keys.Stop(Model));
        if (await renewal.ConfigureAwait(false) is not CommitOutcome.Done and var outcome) _failure ??= Lost(outcome);
        if (await stop.ConfigureAwait(false) == Id || _failure is not null) SignalStop();
    }

    /// <summary>Ends the lease, where it is this trainer's.</summary>
    Task LeaveAsync() => _store.LeaveAsync(Id);

    /// <summary>A list or stream of another type is an error at once, and not one that a job has to be asked for.</summary>
    async Task CheckSourceAsync(CancellationToken cancellation)
    {
        await SampleSource.CheckAsync(_connection, Specification.SourceKind, Specification.Source, cancellation).ConfigureAwait(false);
        if (!await _connection.Database.PatientlyAsync(d => d.KeyExistsAsync(_keys.Samples), cancellation).ConfigureAwait(false)) return;
        await _connection.Database.PatientlyAsync(async d => await _source.ReadAsync(_state, 1).ConfigureAwait(false), cancellation)
            .ConfigureAwait(false);
        _source.Reset();
    }

    /// <summary>Publishes what was learned since the last version, moves the alias, and removes the oldest beyond those kept.</summary>
    async Task PublishAsync(CancellationToken cancellation)
    {
        long samples = _state.Learner.Samples;
        if (samples == _published || !_state.Learner.CanPublish) return;
        var models = new ModelStore(_connection);
        var (definition, parameters) = _state.Learner.ToModel(_state.Rejected);
        var model = await models.PublishAsync(Model, definition, parameters, cancellation).ConfigureAwait(false);
        _published = samples;
        Interlocked.Exchange(ref _version, model.Version);
        if (_options.Alias is { } alias)
        {
            await models.MoveAliasAsync(Model, alias, model.Version, null, $"{Environment.UserName}@{Environment.MachineName}",
                $"learned from {samples:N0} samples", cancellation).ConfigureAwait(false);
        }
        _kept.Enqueue(model.Version);
        while (_kept.Count > _options.KeptVersions) await RetireAsync(models, _kept.Dequeue(), cancellation).ConfigureAwait(false);
    }

    async Task RetireAsync(ModelStore models, long version, CancellationToken cancellation)
    {
        try
        {
            await models.RemoveVersionAsync(Model, version, force: false, Environment.UserName, cancellation).ConfigureAwait(false);
        }
        catch (RedisMLException e) when (e.ErrorId is "ModelAliased" or "ModelVersionCurrent" or "ModelVersionNotFound" or "ModelNotFound")
        {
            // Somebody named it, or removed it: it is theirs.
        }
    }
}
