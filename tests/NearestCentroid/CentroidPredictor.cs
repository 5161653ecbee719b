using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.NearestCentroid;

/// <summary>Says which centroid is nearest.</summary>
/// <param name="centroids">[classes, width] in row order.</param>
sealed class CentroidPredictor(ModelDefinition definition, double[] centroids)
    : TabularPredictor(definition, definition.RequirePipeline().Label.Classes!.Count)
{
    readonly double[] _intercepts = CentroidAlgorithm.Intercepts(centroids, definition.RequirePipeline().Width);

    protected override void Score(EncodedBlock block, Span<double> scores)
    {
        for (int k = 0; k < _intercepts.Length; k++)
            block.Multiply(centroids.AsSpan(k * Layout.Width, Layout.Width), _intercepts[k], scores.Slice(k * block.Rows, block.Rows));
    }

    protected override void Decide(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities)
    {
        int rows = values.Length, classes = _intercepts.Length;
        for (int row = 0; row < rows; row++)
        {
            int best = 0;
            for (int k = 1; k < classes; k++)
            {
                if (scores[k * rows + row] > scores[best * rows + row]) best = k;
            }
            double most = scores[best * rows + row], total = 0;
            values[row] = double.IsNaN(most) ? double.NaN : best;
            var ofRow = probabilities.Slice(row * classes, classes);
            for (int k = 0; k < classes; k++) total += ofRow[k] = Math.Exp(scores[k * rows + row] - most);
            foreach (ref double probability in ofRow) probability /= total;
        }
    }
}
