using System.IO.Hashing;
using System.Text;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Prediction;

/// <summary>What is to be predicted into which dataset, and what lies there now.</summary>
/// <param name="Fingerprint">Of all that decides how the predictions come out.</param>
/// <param name="Current">The output dataset as it is; null where there is none.</param>
sealed record PredictionPlan(Model Model, Dataset Source, string Output, PredictionChunks Chunks, string Fingerprint, Dataset? Current)
{
    /// <exception cref="RedisMLException"><c>OutputIsInput</c>, those of <see cref="PredictionChunks"/> and of
    /// <see cref="ModelFamilies.LoadAsync"/>.</exception>
    public static async Task<PredictionPlan> CreateAsync(RedisMLConnection connection, Model model, Dataset source, string output,
        PredictionOptions options, CancellationToken cancellation)
    {
        if (output == source.Name)
            throw new RedisMLException("OutputIsInput", ErrorKind.InvalidArgument,
                $"The predictions of dataset '{output}' need a dataset of their own.", output);
        var parameters = await new ModelStore(connection).ReadParametersAsync(model, null, cancellation).ConfigureAwait(false);
        var chunks = new PredictionChunks(ModelFamilies.Load(model, parameters), source, options);
        var current = await new DatasetStore(connection).FindAsync(output, cancellation).ConfigureAwait(false);
        return new(model, source, output, chunks, FingerprintOf(model, parameters, source, options), current);
    }

    /// <summary>Whether the output is there already, of the same model, rows and options.</summary>
    public bool IsDone => Current?.Fingerprint == Fingerprint;

    /// <summary>The column of the output that is its label: that of the rows, where it is kept.</summary>
    public string? Label => Chunks.Schema.Any(column => column.Name == Source.Label) ? Source.Label : null;

    /// <exception cref="RedisMLException"><c>DatasetExists</c>.</exception>
    public void DemandRoom(bool force)
    {
        if (Current is not null && !IsDone && !force)
            throw new RedisMLException("DatasetExists", ErrorKind.ResourceExists,
                $"Dataset '{Output}' exists already and came from something else, or from another version of the model or of the rows. " +
                "Use -Force to replace it.", Output);
    }

    public DatasetPredictionResult Result(Dataset dataset, UnseenLevels unseen, TimeSpan elapsed) => new()
    {
        Model = Model.Name,
        ModelVersion = Model.Version,
        Dataset = Source.Name,
        OutputDataset = dataset.Name,
        Version = dataset.Version,
        Rows = dataset.Rows,
        RowsWithoutPrediction = dataset.Columns[^1].Statistics.Missing,
        UnseenValues = unseen.Count,
        UnseenLevels = unseen.Levels,
        Elapsed = elapsed,
    };

    static string FingerprintOf(Model model, IEnumerable<KeyValuePair<string, ParameterValue>> parameters, Dataset source,
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
