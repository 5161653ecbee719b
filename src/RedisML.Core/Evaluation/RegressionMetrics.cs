using RedisML.Expressions;
using RedisML.Prediction;

namespace RedisML.Evaluation;

/// <summary>Errors of predicted numbers; of counts, their deviance too.</summary>
internal sealed class RegressionMetrics : ChunkMetrics
{
    readonly ErrorSums _errors = new();
    readonly ExpressionInverse? _source;
    readonly ErrorSums? _sourceErrors;
    readonly PoissonDeviance? _deviance;

    /// <param name="weights">One a row; empty where each counts 1.</param>
    /// <param name="source">What the label was derived from, where the way back is known; else null.</param>
    /// <param name="sources">Its values.</param>
    public RegressionMetrics(
        Predictions predictions, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights, bool areCounts, ExpressionInverse? source,
        ReadOnlySpan<double> sources)
    {
        if (areCounts) _deviance = new();
        if (source is not null) (_source, _sourceErrors) = (source, new());
        UnseenValues = predictions.Unseen;
        var kept = new int[labels.Length];
        int count = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double label = labels[row], prediction = predictions.Values[row], weight = weights.IsEmpty ? 1 : weights[row];
            if (!Count(!double.IsNaN(label), !double.IsNaN(prediction - label), weight)) continue;
            _deviance?.Add(label, prediction, weight);
            kept[count++] = row;
        }
        Array.Resize(ref kept, count);
        double[] keptPredictions = Gather(predictions.Values, kept), keptWeights = weights.IsEmpty ? [] : Gather(weights, kept);
        _errors.Add(Gather(labels, kept), keptPredictions, keptWeights);
        _sourceErrors?.Add(Gather(sources, kept), Array.ConvertAll(keptPredictions, source!.Invert), keptWeights);
    }

    public override void Merge(ChunkMetrics next)
    {
        base.Merge(next);
        var other = (RegressionMetrics)next;
        _errors.Merge(other._errors);
        _sourceErrors?.Merge(other._sourceErrors!);
        _deviance?.Merge(other._deviance!);
    }

    protected override EvaluationResult Figures() => Rows == 0 ? new RegressionResult() : new RegressionResult
    {
        R2 = _errors.R2,
        Rmse = _errors.Rmse,
        Mae = _errors.Mae,
        PoissonDeviance = _deviance?.Mean(Weight),
        D2 = _deviance?.Explained(Weight),
        SourceColumn = _source?.Column,
        SourceR2 = _sourceErrors?.R2,
        SourceRmse = _sourceErrors?.Rmse,
        SourceMae = _sourceErrors?.Mae,
    };

    static double[] Gather(ReadOnlySpan<double> values, int[] rows)
    {
        var gathered = new double[rows.Length];
        for (int i = 0; i < rows.Length; i++) gathered[i] = values[rows[i]];
        return gathered;
    }
}
