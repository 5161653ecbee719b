using System.Diagnostics;
using System.Text.Json;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Runs;
using StackExchange.Redis;

namespace RedisML.Training;

// How a run ends, for this process and for all: the model is published, or everybody learns why not.
public sealed partial class ModelTraining
{
    /// <summary>How long others wait for the node that ended the run to publish the model.</summary>
    static readonly TimeSpan s_publishPatience = TimeSpan.FromSeconds(3);

    async Task<TrainingRun> CompleteAsync()
    {
        try
        {
            var control = await EndAsync().ConfigureAwait(false);
            if (control.Phase == RunPhase.Stopped) throw new OperationCanceledException(control.Reason);
            if (control.Phase == RunPhase.Failed)
            {
                throw new RedisMLException(control.ErrorId is { Length: > 0 } id ? id : "TrainingFailed", ErrorKind.InvalidOperation,
                    $"Training run '{_run.Id}' failed: {control.Reason}", _run.Id);
            }
            var outcome = RunOutcome.FromJson(control.Result);
            long version = await PublishedAsync(control).ConfigureAwait(false);
            return _run = Run with
            {
                State = RunState.Completed,
                ModelVersion = version,
                Step = outcome.Iterations,
                Loss = outcome.Loss,
                Converged = outcome.Converged,
                RowsUsed = outcome.RowsUsed,
                RowsDropped = outcome.RowsDropped,
                Warnings = outcome.Warnings,
                Reason = "",
            };
        }
        catch (Exception e)
        {
            _run = Run with { State = e is OperationCanceledException ? RunState.Stopped : RunState.Failed };
            throw;
        }
        finally
        {
            WorkLog.Steps?.Step(_link.Describe());
            await _recorder.DisposeAsync().ConfigureAwait(false);
            await _node.DisposeAsync().ConfigureAwait(false);
            await _source.DisposeAsync().ConfigureAwait(false);
            if (_validation is not null) await _validation.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sees the run to its end, whoever brings it about.</summary>
    Task<RunControl> EndAsync() => _node.EndAsync(_session.Completion, result => (ModelFields(result), new()
    {
        Loss = result.Loss,
        Iterations = result.Iterations,
        Converged = result.Converged,
        RowsUsed = result.RowsUsed,
        RowsDropped = result.RowsDropped,
        Warnings = result.Warnings,
        Ended = _ledger.Clock.Latest,
    }), () => _link.Replica?.Save());

    const string DefinitionField = "definition";
    const string ParameterPrefix = "p:";

    /// <summary>The result as all nodes have it, from which whoever comes first publishes the model.</summary>
    HashEntry[] ModelFields(TrainingResult result)
    {
        var training = _work.Training;
        var dataset = _ledger.Specification.Datasets[0];
        var definition = new ModelDefinition
        {
            Algorithm = training.Algorithm,
            Task = result.Task,
            Parameters = result.Shapes,
            Pipeline = result.Pipeline,
            Options = training.OptionsAsJson(),
            Metrics = result.Metrics,
            Lineage = new()
            {
                Dataset = dataset.Name,
                DatasetVersion = dataset.Version,
                Run = _ledger.Specification.Id,
                Seed = training.Seed,
                Module = _ledger.Specification.Module,
                RowsUsed = result.RowsUsed,
                RowsDropped = result.RowsDropped,
                Trained = _ledger.Clock.Latest,
            },
        };
        return
        [
            new(DefinitionField, JsonSerializer.SerializeToUtf8Bytes(definition, ModelJson.Definition)),
            .. result.Parameters.Select(parameter => new HashEntry(ParameterPrefix + parameter.Key, parameter.Value.Encode())),
        ];
    }

    /// <summary>The version that the run has published: by its first member, and where that one is gone,
    /// by whoever sees that the run is done.</summary>
    async Task<long> PublishedAsync(RunControl control)
    {
        var (database, keys) = (_ledger.Database, _ledger.Keys);
        for (long start = Stopwatch.GetTimestamp(); control.Members is not [var first, ..] || first != _node.Membership.Id;)
        {
            if ((long)await _ledger.RetryAsync(() => database.HashGetAsync(keys.Control, "published"), default)
                .ConfigureAwait(false) is > 0 and var version)
                return version;
            if (Stopwatch.GetElapsedTime(start) > s_publishPatience) break;
            await Task.Delay(20).ConfigureAwait(false);
        }
        var fields = (await _ledger.RetryAsync(() => database.HashGetAllAsync(keys.Result), default).ConfigureAwait(false))
            .ToDictionary(f => (string)f.Name!, f => (ReadOnlyMemory<byte>)_ledger.Seal.Open(keys.Result, f.Value, f.Name));
        if (!fields.Remove(DefinitionField, out var json)) throw _ledger.Lost();
        var definition = ModelJson.Read(json.Span, _run.Model);
        var parameters = fields.Select(f => KeyValuePair.Create(f.Key[ParameterPrefix.Length..], ParameterValue.Decode(f.Value.Span)));
        var model = await new ModelStore(_connection).PublishOnceAsync(
            _run.Model, definition, parameters, default, _work.Replicas, warning => Warning = warning).ConfigureAwait(false);
        await _ledger.RetryAsync(() => database.HashSetAsync(keys.Control, "published", model.Version), default).ConfigureAwait(false);
        await _recorder.WriteAsync().ConfigureAwait(false);
        await new RunStore(_connection).ClearAsync(_run.Id, all: false, default).ConfigureAwait(false);
        return model.Version;
    }
}
