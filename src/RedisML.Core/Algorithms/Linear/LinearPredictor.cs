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
            case LinearKind.Poisson: ScoreLinks.Exponential(scores, values); break;
            case LinearKind.Logistic: ScoreLinks.Logistic(scores, values, probabilities); break;
            case LinearKind.Softmax: ScoreLinks.Softmax(scores, values, probabilities); break;
        }
    }
}
