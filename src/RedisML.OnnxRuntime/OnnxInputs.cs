using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using RedisML.Columns;

namespace RedisML.OnnxRuntime;

/// <summary>The inputs of a graph for so many rows, in memory that the next rows use again. For one run at a time.</summary>
/// <remarks>A missing number is NaN where the graph takes floating-point numbers, missing text is empty. Where it takes integers or
/// booleans there is nothing that could stand for a missing value: such rows are marked.</remarks>
sealed class OnnxInputs : IDisposable
{
    readonly InputTensor[] _tensors;
    readonly OrtValue[] _values;
    readonly bool[] _isMissing;
    bool _hasMissing;

    /// <param name="size">How many rows the graph is given.</param>
    public OnnxInputs(InferenceSession session, OnnxBinding binding, int size)
    {
        Size = size;
        _tensors = [.. binding.Inputs.Select(input =>
            InputTensor.Create(session.InputMetadata[input.Name].ElementDataType, input, size))];
        _values = [.. _tensors.Select(tensor => tensor.Value)];
        _isMissing = new bool[_tensors.All(tensor => tensor.TakesMissing) ? 0 : size];
    }

    public int Size { get; }

    public IReadOnlyCollection<OrtValue> Values => _values;

    /// <summary>Takes the values of some rows; those that the graph is given beyond are zeros.</summary>
    /// <param name="columns">All columns of the model, in order.</param>
    /// <param name="start">The first row.</param>
    /// <param name="rows">How many of them there are.</param>
    public void Fill(IReadOnlyList<ColumnVector> columns, int start, int rows)
    {
        if (_hasMissing) Array.Clear(_isMissing);
        _hasMissing = false;
        int first = 0;
        foreach (var tensor in _tensors)
        {
            if (!tensor.TakesMissing) MarkMissing(columns, first, tensor.Width, start, rows);
            tensor.Fill(columns, first, start, rows);
            first += tensor.Width;
        }
    }

    /// <summary>Whether a row has a missing value that the graph can't be told.</summary>
    public bool IsMissing(int row) => _hasMissing && _isMissing[row];

    public void Dispose()
    {
        foreach (var value in _values) value.Dispose();
    }

    void MarkMissing(IReadOnlyList<ColumnVector> columns, int first, int width, int start, int rows)
    {
        for (int k = 0; k < width; k++)
        {
            var column = ((NumberVector)columns[first + k]).Values.Slice(start, rows);
            if (!TensorPrimitives.IsNaNAny<double>(column)) continue;
            _hasMissing = true;
            for (int row = 0; row < rows; row++) _isMissing[row] |= double.IsNaN(column[row]);
        }
    }
}
