using RedisML.Formats.Onnx;
using RedisML.Models;
using RedisML.Prediction.Onnx;
using static RedisML.Formats.Onnx.TensorProto.Types;

namespace RedisML.Algorithms.Network;

/// <summary>A network in ONNX, in doubles of its single-precision parameters.</summary>
/// <remarks>The first layer is multiplied into the tables of embeddings, so that a level picks its part of the first sums.</remarks>
internal sealed class NetworkOnnx : IOnnxForm
{
    public void Write(OnnxModel graph, Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var network = NetworkParameters.Of(model, parameters);
        var value = graph.Scores(FirstWeights(network), Slice(network, network.Shape.Layers[0].Biases, network.Shape.Layers[0].Outputs));
        for (int i = 1; i < network.Shape.Layers.Length; i++)
        {
            value = Activate(graph.Graph, network.Shape.Options.Activation, Normalize(graph.Graph, network, i - 1, value));
            var layer = network.Shape.Layers[i];
            var weights = graph.Graph.Constant(Slice(network, layer.Weights, layer.Inputs * layer.Outputs), layer.Inputs, layer.Outputs);
            value = graph.Add("Add", graph.Add("MatMul", value, weights),
                graph.Graph.Constant(Slice(network, layer.Biases, layer.Outputs), 1, layer.Outputs));
        }
        switch (model.Definition!.Task)
        {
            case ModelTask.Binary: graph.PredictBoth(value); break;
            case ModelTask.Classes: graph.PredictClasses(graph.AddAlong(1, "Softmax", value)); break;
            case ModelTask.Counts: graph.Predict(InUnit(graph.Graph, network, graph.Add("Exp", value))); break;
            default: graph.Predict(InUnit(graph.Graph, network, value)); break;
        }
    }

    static string InUnit(OnnxGraph graph, NetworkParameters network, string value) =>
        graph.Add("Add", graph.Add("Mul", value, graph.Scalar(network.Scale)), graph.Scalar(network.Offset));

    static string Normalize(OnnxGraph graph, NetworkParameters network, int index, string value)
    {
        var layer = network.Shape.Layers[index];
        if (!layer.IsNormalized) return value;
        var share = graph.Constant([.. Enumerable.Repeat(1.0 / layer.Outputs, layer.Outputs)], layer.Outputs, 1);
        var centred = graph.Add("Sub", value, graph.Add("MatMul", value, share));
        var variance = graph.Add("MatMul", graph.Add("Mul", centred, centred), share);
        var deviation = graph.Add("Sqrt", graph.Add("Add", variance, graph.Scalar(HiddenUnits.Epsilon)));
        var scaled = graph.Add("Mul", graph.Add("Div", centred, deviation),
            graph.Constant(Slice(network, layer.Scales, layer.Outputs), 1, layer.Outputs));
        return graph.Add("Add", scaled, graph.Constant(Slice(network, layer.Shifts, layer.Outputs), 1, layer.Outputs));
    }

    static string Activate(OnnxGraph graph, Activation activation, string value)
    {
        if (activation != Activation.Gelu) return graph.Add(activation.ToString(), value);
        // ONNX Runtime knows the error function of single precision alone.
        var erf = graph.Cast(graph.Add("Erf", graph.Cast(graph.Add("Mul", value, graph.Scalar(Math.Sqrt(0.5))), DataType.Float)),
            DataType.Double);
        return graph.Add("Mul", graph.Add("Mul", value, graph.Scalar(0.5)), graph.Add("Add", erf, graph.Scalar(1)));
    }

    /// <summary>The first layer's weights of encoded features, [outputs, width].</summary>
    static double[] FirstWeights(NetworkParameters network)
    {
        var (shape, values) = (network.Shape, network.Values);
        var (layer, width) = (shape.Layers[0], shape.Layout.Width);
        var weights = new double[layer.Outputs * width];
        for (int i = 0; i < shape.Numbers; i++)
        {
            for (int k = 0; k < layer.Outputs; k++)
                weights[k * width + shape.Layout.NumberPositions[i]] = WeightOf(shape.EmbeddingWidth + i, k);
        }
        foreach (var table in shape.Embeddings)
        {
            for (int level = 0; level < table.Rows; level++)
            {
                for (int j = 0; j < table.Width; j++)
                {
                    double number = values[table.Start + level * table.Width + j];
                    for (int k = 0; k < layer.Outputs; k++)
                        weights[k * width + table.Offset + level] += number * WeightOf(table.Column + j, k);
                }
            }
        }
        return weights;

        double WeightOf(int input, int output) => values[layer.Weights + input * layer.Outputs + output];
    }

    static double[] Slice(NetworkParameters network, int start, int count) => network.Values[start..(start + count)];
}
