using System.Numerics.Tensors;
using RedisML.Features;
using RedisML.Models;

namespace RedisML.Prediction;

/// <summary>A predictor over encoded features: a model of this kind says only what the scores of a block are,
/// and what follows from them.</summary>
public abstract class TabularPredictor(ModelDefinition definition, int outputs) : IPredictor
{
    readonly FeaturePipeline _pipeline = definition.RequirePipeline();

    public ModelSignature Signature { get; } = new(definition.Task, definition.RequirePipeline());

    /// <summary>Where the features lie in an encoded row.</summary>
    protected EncodedLayout Layout { get; } = new(definition.RequirePipeline().Features);

    public Predictions Predict(RowBatch rows)
    {
        var columns = Signature.Open(rows, withLabel: false);
        var classes = _pipeline.Label.Classes;
        int classCount = classes?.Count ?? 0;
        var encoder = BlockEncoder.Of(Layout, columns);
        var scores = new double[outputs * encoder.Blocks.MaxBlockRows];
        var isMissing = new bool[encoder.Blocks.MaxBlockRows];
        var values = new double[columns.Length];
        var probabilities = new double[checked(columns.Length * classCount)];
        var ranks = new double[classCount == 2 && outputs <= 2 ? columns.Length : 0];
        for (int block = 0; block < encoder.Blocks.Count; block++)
        {
            isMissing.AsSpan().Clear();
            var encoded = encoder.Encode(block, isMissing);
            int start = encoder.Blocks.Start(block), count = encoded.Rows;
            var blockScores = scores.AsSpan(0, outputs * count);
            Score(encoded, blockScores);
            if (_pipeline.Missing == MissingPolicy.Drop) SetMissing(isMissing.AsSpan(0, count), blockScores);
            Decide(blockScores, values.AsSpan(start, count), probabilities.AsSpan(start * classCount, count * classCount));
            if (ranks.Length > 0) Rank(blockScores, ranks.AsSpan(start, count));
        }
        return new(classes, values, probabilities, encoder.Unseen)
        {
            Scores = ranks,
            UnseenLevels = encoder.Unseen == 0 ? [] : [.. encoder.UnseenLevels()],
        };
    }

    /// <summary>The scores of the rows of a block.</summary>
    /// <param name="scores">[outputs, rows] in row order: all rows' scores of the first output, then of the second.</param>
    protected abstract void Score(EncodedBlock block, Span<double> scores);

    /// <summary>What the scores say; NaN where a score is NaN.</summary>
    /// <param name="values">[rows]: the number, or the index of the likeliest class.</param>
    /// <param name="probabilities">[rows, classes] in row order; empty for regression.</param>
    protected abstract void Decide(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities);

    /// <summary>Of two classes, by what rows are ranked.</summary>
    void Rank(ReadOnlySpan<double> scores, Span<double> ranks)
    {
        if (outputs == 1) scores.CopyTo(ranks);
        else TensorPrimitives.Subtract(scores[ranks.Length..], scores[..ranks.Length], ranks);
    }

    static void SetMissing(ReadOnlySpan<bool> isMissing, Span<double> scores)
    {
        for (int row = 0; row < isMissing.Length; row++)
        {
            if (!isMissing[row]) continue;
            for (int i = row; i < scores.Length; i += isMissing.Length) scores[i] = double.NaN;
        }
    }
}
