using RedisML.Errors;
using RedisML.LightGbm.Trees;
using RedisML.Models;
using RedisML.Prediction.Onnx;

namespace RedisML.LightGbm;

/// <summary>Trees in ONNX, and what their sums mean.</summary>
sealed class LightGbmOnnx : IOnnxForm
{
    public void Write(OnnxModel graph, Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var (text, link) = LightGbmAlgorithm.Read(model, parameters);
        var trees = new OnnxTrees(text.Outputs);
        foreach (var (number, tree) in text.ReadTrees(model.Name).Index())
        {
            OnnxTreeNode[] nodes = [.. Enumerable.Range(0, tree.Feature.Length).Select(node => ToNode(tree, node, model))];
            trees.Add(number % text.Outputs, nodes, tree.Leaf);
        }
        var scores = graph.AddTrees(trees);
        switch (link.Kind)
        {
            case LinkKind.Identity: graph.Predict(scores); break;
            case LinkKind.Exponential: graph.Predict(graph.Add("Exp", scores)); break;
            case LinkKind.Softmax: graph.PredictClasses(graph.AddAlong(1, "Softmax", scores)); break;
            case LinkKind.OneVersusAll: graph.PredictClasses(graph.Add("Sigmoid", Scaled())); break;
            default: graph.PredictBoth(Scaled()); break;
        }

        string Scaled() => link.Scale == 1 ? scores : graph.Add("Mul", scores, graph.Scalar(link.Scale));
    }

    static OnnxTreeNode ToNode(Tree tree, int node, Model model)
    {
        if (!tree.IsCategorical(node) && tree.MissingType(node) == MissingKind.Zero)
        {
            throw new RedisMLException("OnnxUnsupported", ErrorKind.InvalidOperation,
                $"Model '{model.Name}' takes zeros as missing values, which trees in ONNX can't.", model.Name);
        }
        return new(tree.Feature[node], tree.Threshold[node], tree.IsCategorical(node) ? [.. tree.Set(node)] : null,
            tree.MissingGoesLeft(node), tree.Left[node], tree.Right[node]);
    }
}
