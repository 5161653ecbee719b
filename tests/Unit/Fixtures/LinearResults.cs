using Apache.Arrow;
using RedisML.Algorithms.Linear;
using RedisML.Prediction;
using RedisML.Training;

namespace RedisML.Unit.Fixtures;

/// <summary>What a linear model trained in a test came to, as arrays; and predictions of a batch.</summary>
static class LinearResults
{
    extension(TrainingResult result)
    {
        public double[] Weights => result.Of(LinearParameters.WeightName);

        public double[] Intercepts => result.Of(LinearParameters.InterceptName);

        double[] Of(string name) => result.Parameters.Single(parameter => parameter.Key == name).Value.ToDoubles();
    }

    public static Predictions Predict(this IPredictor predictor, RecordBatch batch)
    {
        using var rows = RowBatch.Of(batch);
        return predictor.Predict(rows);
    }
}
