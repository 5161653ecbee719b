using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RedisML.Columns;

namespace RedisML.OnnxRuntime;

/// <summary>The inputs of a graph for some rows, in memory that comes from a pool and goes back when they are disposed of.</summary>
/// <remarks>A missing number is NaN where the graph takes floating-point numbers, missing text is empty. Where it takes integers or
/// booleans there is nothing that could stand for a missing value: such rows are marked.</remarks>
sealed class OnnxInputs : IDisposable
{
    readonly OrtValue[] _values;
    readonly List<IDisposable> _rented = [];
    readonly bool[]? _isMissing;

    /// <param name="columns">All columns of the model, in order.</param>
    /// <param name="start">The first row.</param>
    /// <param name="rows">How many of them there are.</param>
    /// <param name="size">How many rows the graph is given; those beyond are zeros.</param>
    public OnnxInputs(InferenceSession session, OnnxBinding binding, IReadOnlyList<ColumnVector> columns, int start, int rows, int size)
    {
        _values = new OrtValue[binding.Inputs.Count];
        for (int i = 0, column = 0; i < _values.Length; column += binding.Inputs[i++].Width)
        {
            var input = binding.Inputs[i];
            var type = session.InputMetadata[input.Name].ElementDataType;
            if (type is not (TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.String))
                MarkMissing(columns, column, input.Width, start, rows, ref _isMissing);
            var block = new Block(columns, column, input, start, rows, size);
            _values[i] = type switch
            {
                TensorElementType.Float => Numbers<float>(block),
                TensorElementType.Double => Numbers<double>(block),
                TensorElementType.Float16 => Converted<Float16>(block, value => (Float16)(float)value),
                TensorElementType.Bool => Converted<bool>(block, value => value != 0),
                TensorElementType.Int64 => Numbers<long>(block),
                TensorElementType.Int32 => Numbers<int>(block),
                TensorElementType.Int16 => Numbers<short>(block),
                TensorElementType.Int8 => Numbers<sbyte>(block),
                TensorElementType.UInt64 => Numbers<ulong>(block),
                TensorElementType.UInt32 => Numbers<uint>(block),
                TensorElementType.UInt16 => Numbers<ushort>(block),
                TensorElementType.UInt8 => Numbers<byte>(block),
                _ => Texts(block),
            };
        }
    }

    public IReadOnlyCollection<OrtValue> Values => _values;

    /// <summary>Whether a row has a missing value that the graph can't be told.</summary>
    public bool IsMissing(int row) => _isMissing is not null && _isMissing[row];

    public void Dispose()
    {
        foreach (var value in _values) value?.Dispose();
        foreach (var rented in _rented) rented.Dispose();
    }

    OrtValue Numbers<T>(Block block) where T : unmanaged, INumber<T>
    {
        var memory = Rent<T>(block);
        for (int k = 0; k < block.Input.Width; k++)
        {
            var column = Column(block, k);
            var target = memory.Span[k..];
            if (block.Input.Width == 1 && typeof(T) == typeof(float)) TensorPrimitives.ConvertSaturating(column, target);
            else
                for (int row = 0, at = 0; row < column.Length; row++, at += block.Input.Width) target[at] = T.CreateSaturating(column[row]);
        }
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, block.Shape());
    }

    OrtValue Converted<T>(Block block, Func<double, T> convert) where T : unmanaged
    {
        var memory = Rent<T>(block);
        for (int k = 0; k < block.Input.Width; k++)
        {
            var column = Column(block, k);
            for (int row = 0, at = k; row < column.Length; row++, at += block.Input.Width) memory.Span[at] = convert(column[row]);
        }
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, block.Shape());
    }

    static OrtValue Texts(Block block)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, block.Shape());
        for (int k = 0; k < block.Input.Width; k++)
        {
            var text = (TextVector)block.Columns[block.First + k];
            var codes = text.Codes.Slice(block.Start, block.Rows);
            for (int row = 0; row < codes.Length; row++)
                if (codes[row] >= 0) value.StringTensorSetElementAt(text.Levels[codes[row]].AsSpan(), row * block.Input.Width + k);
        }
        return value;
    }

    Memory<T> Rent<T>(Block block) where T : unmanaged
    {
        int count = checked(block.Size * block.Input.Width);
        var owner = MemoryPool<T>.Shared.Rent(count);
        _rented.Add(owner);
        owner.Memory.Span[(block.Rows * block.Input.Width)..count].Clear();
        return owner.Memory[..count];
    }

    static ReadOnlySpan<double> Column(Block block, int k) =>
        ((NumberVector)block.Columns[block.First + k]).Values.Slice(block.Start, block.Rows);

    static void MarkMissing(IReadOnlyList<ColumnVector> columns, int first, int width, int start, int rows, ref bool[]? isMissing)
    {
        for (int k = 0; k < width; k++)
        {
            var column = ((NumberVector)columns[first + k]).Values.Slice(start, rows);
            if (!TensorPrimitives.IsNaNAny<double>(column)) continue;
            isMissing ??= new bool[rows];
            for (int row = 0; row < rows; row++) isMissing[row] |= double.IsNaN(column[row]);
        }
    }

    /// <summary>Some rows of the columns of an input.</summary>
    readonly record struct Block(IReadOnlyList<ColumnVector> Columns, int First, OnnxInput Input, int Start, int Rows, int Size)
    {
        public long[] Shape()
        {
            var shape = new long[Input.Shape.Count + 1];
            shape[0] = Size;
            for (int i = 1; i < shape.Length; i++) shape[i] = Input.Shape[i - 1];
            return shape;
        }
    }
}
