using RedisML.Features;
using RedisML.LightGbm.Trees;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.LightGbm;

/// <summary>Sums the trees of a model up; it needs no native library, and gives the same bits as that.</summary>
/// <param name="trees">Iteration after iteration, in each output after output.</param>
sealed class LightGbmPredictor(ModelDefinition definition, Tree[] trees, int outputs, Link link) : TabularPredictor(definition, outputs)
{
    readonly int _outputs = outputs;
    readonly FeatureRows _rows = new(definition.RequirePipeline());

    protected override void Score(EncodedBlock block, Span<double> scores)
    {
        var values = System.Buffers.ArrayPool<double>.Shared.Rent(block.Rows * _rows.Columns);
        _rows.Fill(block, values);
        Sum(trees, _outputs, values.AsSpan(0, block.Rows * _rows.Columns), _rows.Columns, scores);
        System.Buffers.ArrayPool<double>.Shared.Return(values);
    }

    /// <summary>Adds up what trees say of rows, in their order: the order makes the bits.</summary>
    /// <param name="values">[rows, columns] in row order.</param>
    /// <param name="scores">[outputs, rows] in row order.</param>
    public static void Sum(ReadOnlySpan<Tree> trees, int outputs, ReadOnlySpan<double> values, int columns, Span<double> scores)
    {
        int rows = values.Length / columns;
        scores.Clear();
        for (int i = 0; i < trees.Length; i++)
        {
            var ofOutput = scores.Slice(i % outputs * rows, rows);
            for (int row = 0; row < rows; row++) ofOutput[row] += trees[i].Predict(values.Slice(row * columns, columns));
        }
    }

    protected override void Decide(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities)
    {
        switch (link.Kind)
        {
            case LinkKind.Identity: scores.CopyTo(values); break;
            case LinkKind.Exponential: ScoreLinks.Exponential(scores, values); break;
            case LinkKind.Softmax: ScoreLinks.Softmax(scores, values, probabilities); break;
            case LinkKind.Sigmoid when link.Scale == 1: ScoreLinks.Logistic(scores, values, probabilities); break;
            case LinkKind.Sigmoid: ScoreLinks.Logistic(Scaled(scores), values, probabilities); break;
            default: OneVersusAll(scores, values, probabilities); break;
        }
    }

    double[] Scaled(ReadOnlySpan<double> scores)
    {
        var scaled = scores.ToArray();
        foreach (ref double score in scaled.AsSpan()) score *= link.Scale;
        return scaled;
    }

    /// <remarks>As the library does, each class for itself: the probabilities needn't add up to 1.</remarks>
    void OneVersusAll(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities)
    {
        ScoreLinks.Softmax(scores, values, probabilities);
        for (int i = 0, rows = values.Length; i < probabilities.Length; i++)
            probabilities[i] = 1 / (1 + Math.Exp(-link.Scale * scores[i % _outputs * rows + i / _outputs]));
    }
}
