using Apache.Arrow;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Numerics;
using RedisML.Prediction;

namespace RedisML.Evaluation;

/// <summary>How a permutation importance is measured.</summary>
public sealed record ImportanceOptions
{
    /// <summary>The most rows that are looked at; of more, so many are chosen by a hash of seed and row number.</summary>
    public int MaxRows { get; init; } = 100_000;

    /// <summary>How often each column is shuffled.</summary>
    public int Repeats { get; init; } = 5;

    public int Seed { get; init; }

    /// <summary>Null for <see cref="ImportanceMetric.R2"/>, or <see cref="ImportanceMetric.Accuracy"/>.</summary>
    public ImportanceMetric? Metric { get; init; }

    /// <inheritdoc cref="EvaluationOptions.SampleWeight"/>
    public string? SampleWeight { get; init; }
}

/// <summary>Which columns a model needs, whatever model it is: those without whose order it predicts worse.</summary>
/// <remarks>
/// L. Breiman, "Random Forests" (2001); as scikit-learn's <c>permutation_importance</c>. Of columns that tell the same, none may seem to be
/// needed. Rows are held in memory, at most <see cref="ImportanceOptions.MaxRows"/>.
/// </remarks>
public sealed class PermutationImportance
{
    readonly IPredictor _predictor;
    readonly ImportanceOptions _options;
    readonly ModelEvaluator _evaluator;
    readonly ImportanceMetric _metric;

    /// <exception cref="RedisMLException"><c>MetricNotApplicable</c>: a figure of another task.</exception>
    public PermutationImportance(IPredictor predictor, ImportanceOptions options)
    {
        (_predictor, _options) = (predictor, options);
        _evaluator = new(predictor, new() { SampleWeight = options.SampleWeight });
        if (predictor is IItemRanker { PredictsLabel: false })
        {
            throw new RedisMLException("MetricNotApplicable", ErrorKind.InvalidArgument,
                "The model predicts a preference, which isn't its label: no figure of it tells what a column is good for. "
                + "Test-RedisModel says how well it recommends.", options.Metric);
        }
        bool isClass = predictor.Signature.Label.Classes is not null;
        _metric = options.Metric ?? (isClass ? ImportanceMetric.Accuracy : ImportanceMetric.R2);
        if (isClass != _metric >= ImportanceMetric.Accuracy)
        {
            throw new RedisMLException("MetricNotApplicable", ErrorKind.InvalidArgument,
                $"{_metric} is no figure of a model that predicts {(isClass ? "classes" : "a number")}.", _metric);
        }
    }

    /// <summary>The importance of each column that the model needs, the greatest first.</summary>
    /// <param name="schema">Of the dataset.</param>
    /// <param name="total">Its rows.</param>
    /// <param name="chunks">The chunks in order; each is disposed of.</param>
    /// <param name="progress">Told which share of the work is done, from 0 to 1.</param>
    /// <exception cref="RedisMLException"><c>SignatureMismatch</c>, <c>WeightInvalid</c>; <c>MetricUndefined</c>:
    /// the rows don't define it.</exception>
    public async Task<IReadOnlyList<FeatureImportance>> MeasureAsync(
        IReadOnlyList<ColumnSchema> schema, long total, IAsyncEnumerable<DatasetChunk> chunks, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        var rows = await GatherAsync(schema, total, chunks).ConfigureAwait(false);
        var judged = Judge(rows, rows);
        double score = Score(judged) ?? throw new RedisMLException("MetricUndefined", ErrorKind.InvalidData,
            $"{judged.Rows:N0} rows with a label and a prediction don't define {_metric}.", _metric);
        // Of the dataset's types, which needn't be those of the training.
        var features = _predictor.Signature.Inputs.Select(input => schema.First(column => column.Name == input.Name)).ToArray();
        var scores = new double[features.Length][];
        for (int i = 0; i < scores.Length; i++) scores[i] = new double[_options.Repeats];
        int done = 0;
        await Task.Run(() => Parallel.For(0, features.Length * _options.Repeats,
            new() { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, task =>
        {
            var (feature, repeat) = (task / _options.Repeats, task % _options.Repeats);
            scores[feature][repeat] = Score(Shuffled(rows, features[feature], (ulong)task)) ?? double.NaN;
            progress?.Report((double)Interlocked.Increment(ref done) / (features.Length * _options.Repeats));
        }), cancellation).ConfigureAwait(false);
        double sign = _metric is ImportanceMetric.Rmse or ImportanceMetric.Mae or ImportanceMetric.LogLoss ? -1 : 1;
        return [.. features.Select((feature, i) =>
        {
            double[] drops = System.Array.ConvertAll(scores[i], shuffled => sign * (score - shuffled));
            double mean = drops.Average();
            return new FeatureImportance
            {
                Feature = feature.Name,
                Importance = mean,
                Deviation = Math.Sqrt(drops.Average(drop => (drop - mean) * (drop - mean))),
                Metric = _metric,
                Score = score,
                Rows = judged.Rows,
            };
        }).OrderByDescending(importance => importance.Importance)];
    }

    double? Score(EvaluationResult result) => (_metric, result) switch
    {
        (ImportanceMetric.R2, RegressionResult numbers) => numbers.R2,
        (ImportanceMetric.Rmse, RegressionResult numbers) => numbers.Rmse,
        (ImportanceMetric.Mae, RegressionResult numbers) => numbers.Mae,
        (ImportanceMetric.D2, RegressionResult numbers) => numbers.D2,
        (ImportanceMetric.Accuracy, ClassificationResult classes) => classes.Accuracy,
        (ImportanceMetric.BalancedAccuracy, ClassificationResult classes) => classes.BalancedAccuracy,
        (ImportanceMetric.MacroF1, ClassificationResult classes) => classes.MacroF1,
        (ImportanceMetric.LogLoss, ClassificationResult classes) => classes.LogLoss,
        (ImportanceMetric.Auc, ClassificationResult classes) => classes.Auc,
        _ => null,
    };

    /// <summary>The figures with one column shuffled; the label and the weights stay as they are.</summary>
    EvaluationResult Shuffled(RecordBatch rows, ColumnSchema feature, ulong shuffle)
    {
        int column = rows.Schema.GetFieldIndex(feature.Name, StringComparer.Ordinal);
        var builder = ColumnBuilder.Create(feature.Type);
        foreach (int row in Permutation(rows.Length, shuffle)) builder.AppendFrom(rows.Column(column), row);
        var array = builder.Build().Array;
        var fields =
            rows.Schema.FieldsList.Select((field, i) => i == column ? new Field(field.Name, array.Data.DataType, nullable: true) : field);
        var shuffled =
            new RecordBatch(new Schema(fields, null), rows.Arrays.Select((other, i) => i == column ? array : other), rows.Length);
        return Judge(shuffled, rows);
    }

    /// <summary>The figures of what is predicted of some rows, by the labels of others.</summary>
    EvaluationResult Judge(RecordBatch of, RecordBatch by)
    {
        using RowBatch predicted = RowBatch.Of(of), judged = RowBatch.Of(by);
        return _evaluator.Measure(_predictor.Predict(predicted), _predictor.Signature.Open(judged, withLabel: true)).Result();
    }

    /// <summary>Fisher and Yates's shuffle.</summary>
    int[] Permutation(int length, ulong shuffle)
    {
        int[] order = [.. Enumerable.Range(0, length)];
        ulong key = RowHash.Of(_options.Seed, shuffle);
        for (int i = length - 1; i > 0; i--)
        {
            int other = (int)Math.BigMul(SplitMix64.Mix(key + (ulong)i), (ulong)i + 1, out _);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }

    /// <summary>The columns that are needed, of all rows or of some by chance.</summary>
    async Task<RecordBatch> GatherAsync(IReadOnlyList<ColumnSchema> schema, long total, IAsyncEnumerable<DatasetChunk> chunks)
    {
        var signature = _predictor.Signature;
        var wanted = signature.Inputs.Select(input => input.Name).Concat(signature.Derived.Sources(signature.Label.Column))
            .ToHashSet(StringComparer.Ordinal);
        if (_options.SampleWeight is { } weight) wanted.UnionWith(signature.Derived.Sources(weight));
        var columns = schema.Index().Where(column => wanted.Contains(column.Item.Name)).ToArray();
        var builders = System.Array.ConvertAll(columns, column => ColumnBuilder.Create(column.Item.Type));
        double share = (double)_options.MaxRows / Math.Max(1, total);
        int count = 0;
        await foreach (var chunk in chunks.ConfigureAwait(false))
        {
            using (chunk)
            {
                int[] rows = [.. Enumerable.Range(0, chunk.Rows)
                    .Where(row => share >= 1 || RowHash.ToUnit(RowHash.Of(_options.Seed, chunk.FirstRow + row)) < share)];
                for (int i = 0; rows.Length > 0 && i < columns.Length; i++)
                    builders[i].AppendRows(chunk.Batch.Column(columns[i].Index), rows);
                count += rows.Length;
            }
        }
        var arrays = System.Array.ConvertAll(builders, builder => builder.Build().Array);
        return new(new Schema(columns.Zip(arrays, (column, array) => new Field(column.Item.Name, array.Data.DataType, nullable: true)),
            null), arrays, count);
    }
}
