using RedisML.Models;
using RedisML.Prediction.Onnx;

namespace RedisML.Algorithms.Linear;

/// <summary>A linear model in ONNX.</summary>
internal sealed class LinearOnnx : IOnnxForm
{
    public void Write(OnnxModel graph, Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var (weights, intercepts) = LinearParameters.Of(model, parameters);
        var scores = graph.Scores(weights, intercepts);
        switch (LinearFamily.KindOf(model.Definition!.Algorithm))
        {
            case LinearKind.Linear: graph.Predict(scores); break;
            case LinearKind.Poisson: graph.Predict(graph.Add("Exp", scores)); break;
            case LinearKind.Logistic: graph.PredictBoth(scores); break;
            case LinearKind.Softmax: graph.PredictClasses(graph.AddAlong(1, "Softmax", scores)); break;
        }
    }
}
