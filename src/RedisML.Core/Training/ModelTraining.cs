using System.Diagnostics;
using System.Security.Cryptography;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Models;

namespace RedisML.Training;

/// <summary>Trains a model on a dataset in Redis, by workers that the caller provides, and publishes it there.</summary>
/// <remarks>Call <see cref="Work"/> once a worker, each on a thread of its own, and await <see cref="Completion"/>.</remarks>
public sealed class ModelTraining
{
    readonly RedisMLConnection _connection;
    readonly Dataset _dataset;
    readonly TrainingSpecification _specification;
    readonly DatasetTrainingChunks _chunks;
    readonly DatasetTrainingChunks? _validation;
    readonly TrainingSession _session;
    readonly long _start = Stopwatch.GetTimestamp();
    volatile TrainingRun _run;

    ModelTraining(RedisMLConnection connection, Dataset dataset, string model, TrainingSpecification specification, int workerCount, Dataset? validation)
    {
        (_connection, _dataset, _specification) = (connection, dataset, specification);
        _run = new()
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)),
            Model = model,
            Dataset = dataset.Name,
            DatasetVersion = dataset.Version,
            State = TrainingState.Running,
            Algorithm = specification.Algorithm,
            Workers = workerCount,
            Started = DateTimeOffset.UtcNow,
        };
        _chunks = DatasetTrainingChunks.Start(connection, dataset);
        _validation = validation is null ? null : DatasetTrainingChunks.Start(connection, validation);
        _session = new(specification, [.. dataset.Columns.Select(c => c.Schema)], _chunks, workerCount, new RunProgress(this), _validation);
    }

    /// <summary>Ends when the model is published, or with the first error.</summary>
    public Task<TrainingRun> Completion { get; private set; } = Task.FromException<TrainingRun>(new InvalidOperationException());

    /// <summary>How far the training is.</summary>
    public TrainingRun Run => _run with { Elapsed = Stopwatch.GetElapsedTime(_start) };

    /// <summary>Checks the specification against the dataset's schema, and starts to read its chunks.</summary>
    /// <exception cref="RedisMLException"><c>InvalidName</c>, and what <see cref="TrainingSession"/> finds wrong with the specification.</exception>
    public static ModelTraining Start(
        RedisMLConnection connection, Dataset dataset, string model, TrainingSpecification specification, int workerCount, Dataset? validation = null)
    {
        // Spelling the key checks the name.
        _ = connection.Keys.Model(model);
        var training = new ModelTraining(connection, dataset, model, specification, workerCount, validation);
        training.Completion = training.CompleteAsync();
        return training;
    }

    /// <summary>Works as one of the workers, on the caller's thread, until the training has ended, however it ended.</summary>
    /// <param name="worker">From 0 to the number of workers − 1, each once.</param>
    /// <param name="cancellation">Ends the training for all workers.</param>
    public void Work(int worker, CancellationToken cancellation) => _session.Work(worker, cancellation);

    async Task<TrainingRun> CompleteAsync()
    {
        try
        {
            var result = await _session.Completion.ConfigureAwait(false);
            var model = await PublishAsync(result).ConfigureAwait(false);
            return _run = Run with
            {
                State = TrainingState.Completed,
                ModelVersion = model.Version,
                Step = result.Iterations,
                Loss = result.Loss,
                Converged = result.Converged,
                RowsUsed = result.RowsUsed,
                RowsDropped = result.RowsDropped,
            };
        }
        catch (Exception e)
        {
            _run = Run with { State = e is OperationCanceledException ? TrainingState.Stopped : TrainingState.Failed };
            throw;
        }
        finally
        {
            await _chunks.DisposeAsync().ConfigureAwait(false);
            if (_validation is not null) await _validation.DisposeAsync().ConfigureAwait(false);
        }
    }

    Task<Model> PublishAsync(TrainingResult result)
    {
        var definition = new ModelDefinition
        {
            Algorithm = _specification.Algorithm,
            Parameters = _specification.Algorithm == Algorithm.Custom ? [.. _specification.Script!.InitialParameters.Select(p => p.Parameter)] : null,
            Pipeline = result.Pipeline,
            L1 = _specification.L1,
            L2 = _specification.L2,
            Metrics = result.Metrics,
            Lineage = new()
            {
                Dataset = _dataset.Name,
                DatasetVersion = _dataset.Version,
                Run = _run.Id,
                Seed = _specification.Seed,
                RowsUsed = result.RowsUsed,
                RowsDropped = result.RowsDropped,
                Trained = DateTimeOffset.UtcNow,
            },
        };
        return new ModelStore(_connection).PublishAsync(_run.Model, definition, new LinearParameters(result.Weights, result.Intercepts).ToFields(definition), CancellationToken.None);
    }

    /// <summary>Keeps the run's snapshot up to date, on the leader's thread.</summary>
    sealed class RunProgress(ModelTraining training) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => training._run = training._run with
        {
            Step = value.Iteration,
            Loss = value.Loss,
            RowsUsed = value.Rows,
            RowsPerSecond = value.RowsPerSecond,
        };
    }
}
