using System.Diagnostics;
using System.IO.Hashing;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Prediction;

/// <summary>Predicts the rows of a dataset into another one: a chunk of it for each, several at once, committed in their order.</summary>
/// <remarks>Memory is that of a few chunks, whatever the rows.</remarks>
public sealed class DatasetPrediction(RedisMLConnection connection)
{
    /// <summary>How many chunks are worked on at once.</summary>
    public int WorkerCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Writes the predictions, with the columns to be kept before them. Run again with the same model, rows and options it changes
    /// nothing.</summary>
    /// <param name="progress">Is told the rows so far.</param>
    /// <exception cref="RedisMLException"><c>DatasetExists</c>, <c>OutputIsInput</c>, <c>ColumnNotFound</c>, <c>ColumnExists</c>,
    /// <c>SignatureMismatch</c>, <c>ThresholdNotBinary</c>, <c>DatasetChanged</c>, those of
    /// <see cref="ModelFamilies.LoadAsync"/>.</exception>
    public async Task<DatasetPredictionResult> RunAsync(
        Model model, Dataset source, string output, PredictionOptions options, bool force, IProgress<long>? progress,
        CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        if (output == source.Name)
            throw new RedisMLException("OutputIsInput", ErrorKind.InvalidArgument,
                $"The predictions of dataset '{output}' need a dataset of their own.", output);
        var parameters = await new ModelStore(connection).ReadParametersAsync(model, null, cancellation).ConfigureAwait(false);
        var predictor = ModelFamilies.Load(model, parameters);
        var chunks = new PredictionChunks(predictor, source, options);
        var current = await new DatasetStore(connection).FindAsync(output, cancellation).ConfigureAwait(false);
        string fingerprint = Fingerprint(model, parameters, source, options);
        if (current?.Fingerprint == fingerprint) return Result(current, chunks.Counts) with { Unchanged = true };
        if (current is not null && !force)
            throw new RedisMLException("DatasetExists", ErrorKind.ResourceExists,
                $"Dataset '{output}' exists already and came from something else, or from another version of the model or of the rows. " +
                "Use -Force to replace it.", output);

        var writer = await DatasetWriter.StartAsync(connection, output, chunks.Schema, cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await WriteAsync(source, chunks, writer, progress, cancellation).ConfigureAwait(false);
            string? label = chunks.Schema.Any(column => column.Name == source.Label) ? source.Label : null;
            return Result(await writer.PublishAsync(current, label, source.Compression, fingerprint, cancellation).ConfigureAwait(false),
                chunks.Counts);
        }

        DatasetPredictionResult Result(Dataset dataset, PredictionCounts counts) => new()
        {
            Model = model.Name,
            ModelVersion = model.Version,
            Dataset = source.Name,
            OutputDataset = dataset.Name,
            Version = dataset.Version,
            Rows = dataset.Rows,
            RowsWithoutPrediction = dataset.Columns[^1].Statistics.Missing,
            UnseenValues = counts.Unseen.Count,
            UnseenLevels = counts.Unseen.Levels,
            Elapsed = watch.Elapsed,
        };
    }

    async Task WriteAsync(Dataset source, PredictionChunks chunks, DatasetWriter writer, IProgress<long>? progress,
        CancellationToken cancellation)
    {
        // As many as are worked on, and one to be written behind each.
        int most = 2 * WorkerCount;
        using var workers = new SemaphoreSlim(WorkerCount);
        var underWay = new Queue<Task<(ChunkEntry Entry, IReadOnlyList<ColumnStatistics> Statistics)>>();
        try
        {
            await foreach (var chunk in new DatasetReader(connection).ReadAsync(source, cancellation: cancellation).ConfigureAwait(false))
            {
                if (underWay.Count == most) await CommitNextAsync().ConfigureAwait(false);
                underWay.Enqueue(Task.Run(() => StoreAsync(chunk), CancellationToken.None));
            }
            while (underWay.Count > 0) await CommitNextAsync().ConfigureAwait(false);
        }
        finally
        {
            // What is still under way must have ended before anybody deletes what was written.
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<(ChunkEntry, IReadOnlyList<ColumnStatistics>)> StoreAsync(DatasetChunk chunk)
        {
            using (chunk)
            {
                await workers.WaitAsync(cancellation).ConfigureAwait(false);
                var encoded = Encode(chunk);
                return (await writer.WriteAsync(chunk.Index, encoded, cancellation).ConfigureAwait(false), encoded.Statistics);
            }
        }

        EncodedChunk Encode(DatasetChunk chunk)
        {
            try { return chunks.Encode(chunk); }
            finally { workers.Release(); }
        }

        async Task CommitNextAsync()
        {
            // One that fails stays at the head of the queue: nothing behind it may be committed.
            var (entry, statistics) = await underWay.Peek().ConfigureAwait(false);
            _ = underWay.Dequeue();
            writer.Commit(entry, statistics);
            progress?.Report(writer.Rows);
        }
    }

    /// <summary>Of all that decides how the predictions come out.</summary>
    static string Fingerprint(Model model, IEnumerable<KeyValuePair<string, ParameterValue>> parameters, Dataset source,
        PredictionOptions options)
    {
        // Parameters of a version that was changed by hand may change again under its number.
        var hash = new XxHash64();
        foreach (var (name, value) in parameters)
        {
            hash.Append(Encoding.UTF8.GetBytes(name));
            hash.Append(value.Encode());
        }
        return FormattableString.Invariant(
            $"predict:{model.Name}:{model.Version}:{hash.GetCurrentHashAsUInt64():x16}:{source.Name}:{source.Version}:") +
            FormattableString.Invariant(
                $"{source.Fingerprint}:{options.Threshold}:{options.ClassProbabilities}:{string.Join(',', options.KeepColumns)}");
    }
}
