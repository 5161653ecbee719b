using System.Collections.Concurrent;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.Algorithms.Network;

/// <summary>Applies a network: a number, a count or probabilities follow from the outputs of its last layer.</summary>
internal sealed class NetworkPredictor : TabularPredictor
{
    const int PassRows = 64;

    readonly ConcurrentBag<NetworkPass> _passes = [];
    readonly NetworkWeights _weights;
    readonly ModelTask _task;
    readonly double _offset;
    readonly double _scale;

    public NetworkPredictor(ModelDefinition definition, NetworkParameters parameters) : base(definition, parameters.Shape.Outputs)
    {
        (_task, _offset, _scale) = (definition.Task, parameters.Offset, parameters.Scale);
        _weights = new(parameters.Shape, forTraining: false);
        _weights.Load(parameters.Values);
    }

    protected override void Score(EncodedBlock block, Span<double> scores)
    {
        if (!_passes.TryTake(out var pass)) pass = new(_weights, PassRows);
        int outputs = _weights.Shape.Outputs;
        for (int first = 0; first < block.Rows; first += PassRows)
        {
            int rows = Math.Min(PassRows, block.Rows - first);
            pass.Fill(block, first, rows);
            pass.Forward(rows);
            var found = pass.Scores;
            for (int row = 0; row < rows; row++)
            {
                for (int k = 0; k < outputs; k++) scores[k * block.Rows + first + row] = found[row * pass.ScoreStride + k];
            }
        }
        _passes.Add(pass);
    }

    protected override void Decide(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities)
    {
        switch (_task)
        {
            case ModelTask.Binary: ScoreLinks.Logistic(scores, values, probabilities); break;
            case ModelTask.Classes: ScoreLinks.Softmax(scores, values, probabilities); break;
            case ModelTask.Counts: ScoreLinks.Exponential(scores, values); break;
            default: scores.CopyTo(values); break;
        }
        if (_task.IsClassification()) return;
        foreach (ref double value in values) value = _offset + _scale * value;
    }
}
