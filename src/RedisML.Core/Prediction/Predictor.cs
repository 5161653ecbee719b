using Apache.Arrow;
using RedisML.Algorithms.Linear;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Models;

namespace RedisML.Prediction;

/// <summary>Applies a trained model to rows. One may serve several threads.</summary>
public sealed class Predictor
{
    readonly ModelDefinition _definition;
    readonly LinearParameters _parameters;
    readonly DerivedColumns _derived;
    readonly EncodedLayout _layout;
    readonly ModelSignature _signature;

    public Predictor(ModelDefinition definition, LinearParameters parameters)
    {
        (_definition, _parameters) = (definition, parameters);
        _derived = new DerivedColumns(Pipeline.Derived);
        _layout = new EncodedLayout(Pipeline.Features);
        _signature = new ModelSignature(Pipeline, _derived);
    }

    public FeaturePipeline Pipeline => _definition.Pipeline;

    internal Algorithm Algorithm => _definition.Algorithm;

    /// <summary>Predicts each row of a chunk.</summary>
    /// <exception cref="RedisMLException"><c>SignatureMismatch</c>.</exception>
    public Predictions Predict(DatasetChunk chunk) => Predict(chunk.Batch);

    internal Predictions Predict(RecordBatch batch)
    {
        using var columns = Open(batch, withLabel: false);
        return Predict(columns);
    }

    /// <summary>The columns of a chunk, stored and derived, whose signature has been checked.</summary>
    internal BatchColumns Open(RecordBatch batch, bool withLabel)
    {
        var types = new Dictionary<string, ColumnType?>(StringComparer.Ordinal);
        foreach (var field in batch.Schema.FieldsList) types[field.Name] = ArrowTypes.ToColumnType(field.DataType);
        _signature.Check(types, withLabel);
        return new(batch, _derived);
    }

    internal Predictions Predict(BatchColumns columns)
    {
        var classes = Pipeline.Label.Classes;
        int classCount = classes?.Count ?? 0, outputs = _parameters.Intercepts.Length, width = _layout.Width;
        var encoder = new BlockEncoder(_layout, columns);
        var scores = new double[outputs * encoder.Blocks.MaxBlockRows];
        var isMissing = new bool[encoder.Blocks.MaxBlockRows];
        var values = new double[columns.Length];
        var probabilities = new double[checked(columns.Length * classCount)];
        for (int block = 0; block < encoder.Blocks.Count; block++)
        {
            isMissing.AsSpan().Clear();
            var encoded = encoder.Encode(block, isMissing);
            int start = encoder.Blocks.Start(block), rows = encoded.Rows;
            for (int k = 0; k < outputs; k++)
                encoded.Multiply(_parameters.Weights.AsSpan(k * width, width), _parameters.Intercepts[k], scores.AsSpan(k * rows, rows));

            var blockValues = values.AsSpan(start, rows);
            var blockProbabilities = probabilities.AsSpan(start * classCount, rows * classCount);
            if (Pipeline.Missing == MissingPolicy.Drop) SetMissing(isMissing.AsSpan(0, rows), scores.AsSpan(0, outputs * rows));
            switch (_definition.Algorithm)
            {
                case Algorithm.Linear: scores.AsSpan(0, rows).CopyTo(blockValues); break;
                case Algorithm.Poisson: Exponential(scores.AsSpan(0, rows), blockValues); break;
                case Algorithm.Logistic: Logistic(scores.AsSpan(0, rows), blockValues, blockProbabilities); break;
                case Algorithm.Softmax: Softmax(scores.AsSpan(0, outputs * rows), blockValues, blockProbabilities); break;
            }
        }
        return new(classes, values, probabilities, encoder.Unseen);
    }

    static void SetMissing(ReadOnlySpan<bool> isMissing, Span<double> scores)
    {
        for (int row = 0; row < isMissing.Length; row++)
        {
            if (!isMissing[row]) continue;
            for (int i = row; i < scores.Length; i += isMissing.Length) scores[i] = double.NaN;
        }
    }

    static void Exponential(ReadOnlySpan<double> scores, Span<double> values)
    {
        for (int row = 0; row < scores.Length; row++) values[row] = Math.Exp(scores[row]);
    }

    static void Logistic(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities)
    {
        for (int row = 0; row < scores.Length; row++)
        {
            double score = scores[row], exp = Math.Exp(-Math.Abs(score)), less = exp / (1 + exp), more = 1 / (1 + exp);
            values[row] = score > 0 ? 1 : score <= 0 ? 0 : double.NaN;
            (probabilities[2 * row], probabilities[2 * row + 1]) = score > 0 ? (less, more) : (more, less);
        }
    }

    static void Softmax(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities)
    {
        int rows = values.Length, classes = scores.Length / rows;
        for (int row = 0; row < rows; row++)
        {
            var ofRow = probabilities.Slice(row * classes, classes);
            int best = 0;
            for (int k = 0; k < classes; k++)
            {
                ofRow[k] = scores[k * rows + row];
                if (ofRow[k] > ofRow[best]) best = k;
            }
            values[row] = double.IsNaN(ofRow[best]) ? double.NaN : best;
            double largest = ofRow[best], total = 0;
            foreach (ref double value in ofRow) total += value = Math.Exp(value - largest);
            foreach (ref double value in ofRow) value /= total;
        }
    }
}
