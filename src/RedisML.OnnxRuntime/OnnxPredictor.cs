using System.Collections.Concurrent;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.OnnxRuntime;

/// <summary>Predicts by a graph, some thousand rows at a time.</summary>
sealed class OnnxPredictor(ModelDefinition definition, OnnxBinding binding, OnnxSession session) : IPredictor
{
    /// <summary>Of so many values are the inputs of one run, or of one row.</summary>
    const int ValuesTogether = 1 << 18;

    const int MaxRowsTogether = 4096;

    readonly string[] _inputs = [.. binding.Inputs.Select(input => input.Name)];
    readonly string[] _outputs = [binding.Output];
    readonly OnnxOutputs _reader = new(binding, definition.RequirePipeline().Label.Classes ?? []);
    readonly int _rowsTogether = binding.Batch > 0 ? binding.Batch
        : Math.Clamp(ValuesTogether / Math.Max(1, binding.Inputs.Sum(input => input.Width)), 1, MaxRowsTogether);

    /// <summary>Those of runs that have ended, for runs to come of as many rows.</summary>
    readonly ConcurrentBag<OnnxInputs> _idle = [];

    public ModelSignature Signature { get; } = new(definition.Task, definition.RequirePipeline());

    public Predictions Predict(RowBatch rows)
    {
        var columns = Signature.Read(rows);
        var classes = Signature.Label.Classes;
        int classCount = classes?.Count ?? 0;
        var values = new double[rows.Rows];
        var probabilities = new double[checked(rows.Rows * classCount)];
        for (int start = 0; start < rows.Rows; start += _rowsTogether)
        {
            int count = Math.Min(_rowsTogether, rows.Rows - start), size = binding.Batch > 0 ? binding.Batch : count;
            var inputs = Rent(size);
            inputs.Fill(columns, start, count);
            using var outputs = session.Run(_inputs, inputs.Values, _outputs);
            var ofRows = probabilities.AsSpan(start * classCount, count * classCount);
            _reader.Read(outputs[0], count, size, values.AsSpan(start, count), ofRows);
            for (int row = 0; row < count; row++)
            {
                if (!inputs.IsMissing(row)) continue;
                values[start + row] = double.NaN;
                ofRows.Slice(row * classCount, classCount).Fill(double.NaN);
            }
            _idle.Add(inputs);
        }
        return new(classes, values, probabilities, 0);
    }

    OnnxInputs Rent(int size)
    {
        if (_idle.TryTake(out var idle))
        {
            if (idle.Size == size) return idle;
            idle.Dispose();
        }
        return new(session.Session, binding, size);
    }
}
