using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.Algorithms.Linear;

/// <summary>Applies a model of the linear family: a number, a count, or probabilities follow from scores X·Wᵀ + b.</summary>
internal sealed class LinearPredictor(ModelDefinition definition, LinearParameters parameters)
    : TabularPredictor(definition, parameters.Intercepts.Length)
{
    readonly LinearKind _kind = LinearFamily.KindOf(definition.Algorithm);

    protected override void Score(EncodedBlock block, Span<double> scores)
    {
        int width = Layout.Width, rows = block.Rows;
        for (int k = 0; k < parameters.Intercepts.Length; k++)
            block.Multiply(parameters.Weights.AsSpan(k * width, width), parameters.Intercepts[k], scores.Slice(k * rows, rows));
    }

    protected override void Decide(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities)
    {
        switch (_kind)
        {
            case LinearKind.Linear: scores.CopyTo(values); break;
            case LinearKind.Poisson: Exponential(scores, values); break;
            case LinearKind.Logistic: Logistic(scores, values, probabilities); break;
            case LinearKind.Softmax: Softmax(scores, values, probabilities); break;
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
