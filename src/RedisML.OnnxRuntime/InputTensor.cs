using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RedisML.Columns;

namespace RedisML.OnnxRuntime;

/// <summary>One of the inputs of a graph.</summary>
abstract class InputTensor(OnnxInput input, int size)
{
    /// <summary>How many columns it takes.</summary>
    public int Width => input.Width;

    /// <summary>Whether the graph can be told that a value is missing.</summary>
    public virtual bool TakesMissing => true;

    /// <summary>What the graph is given. It belongs to whoever holds this.</summary>
    public abstract OrtValue Value { get; }

    public static InputTensor Create(TensorElementType type, OnnxInput input, int size) => type switch
    {
        TensorElementType.Float => new NumberTensor<float>(input, size),
        TensorElementType.Double => new NumberTensor<double>(input, size),
        TensorElementType.Float16 => new ConvertedTensor<Float16>(input, size, value => (Float16)(float)value, takesMissing: true),
        TensorElementType.Bool => new ConvertedTensor<bool>(input, size, value => value != 0, takesMissing: false),
        TensorElementType.Int64 => new NumberTensor<long>(input, size),
        TensorElementType.Int32 => new NumberTensor<int>(input, size),
        TensorElementType.Int16 => new NumberTensor<short>(input, size),
        TensorElementType.Int8 => new NumberTensor<sbyte>(input, size),
        TensorElementType.UInt64 => new NumberTensor<ulong>(input, size),
        TensorElementType.UInt32 => new NumberTensor<uint>(input, size),
        TensorElementType.UInt16 => new NumberTensor<ushort>(input, size),
        TensorElementType.UInt8 => new NumberTensor<byte>(input, size),
        _ => new TextTensor(input, size),
    };

    /// <summary>Takes the values of some rows; those beyond become zeros, or empty.</summary>
    /// <param name="columns">All columns of the model, in order.</param>
    /// <param name="first">The first column of this input.</param>
    public abstract void Fill(IReadOnlyList<ColumnVector> columns, int first, int start, int rows);

    long[] Shape() => [size, .. input.Shape.Select(length => (long)length)];

    abstract class MemoryTensor<T> : InputTensor where T : unmanaged
    {
        readonly T[] _elements;

        protected MemoryTensor(OnnxInput input, int size) : base(input, size)
        {
            _elements = GC.AllocateArray<T>(checked(size * input.Width), pinned: true);
            Value = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, MemoryMarshal.CreateFromPinnedArray(_elements, 0, _elements.Length), Shape());
        }

        public sealed override OrtValue Value { get; }

        public sealed override void Fill(IReadOnlyList<ColumnVector> columns, int first, int start, int rows)
        {
            for (int k = 0; k < Width; k++)
                Fill(((NumberVector)columns[first + k]).Values.Slice(start, rows), _elements.AsSpan(k));
            _elements.AsSpan(rows * Width).Clear();
        }

        /// <summary>Puts the values of a column into every <see cref="Width"/>th element.</summary>
        protected abstract void Fill(ReadOnlySpan<double> column, Span<T> elements);
    }

    sealed class NumberTensor<T>(OnnxInput input, int size) : MemoryTensor<T>(input, size) where T : unmanaged, INumber<T>
    {
        public override bool TakesMissing => typeof(T) == typeof(float) || typeof(T) == typeof(double);

        protected override void Fill(ReadOnlySpan<double> column, Span<T> elements)
        {
            if (Width == 1) TensorPrimitives.ConvertSaturating(column, elements);
            else
                for (int row = 0, at = 0; row < column.Length; row++, at += Width) elements[at] = T.CreateSaturating(column[row]);
        }
    }

    /// <summary>Of types that .NET knows no arithmetic of.</summary>
    sealed class ConvertedTensor<T>(OnnxInput input, int size, Func<double, T> convert, bool takesMissing) : MemoryTensor<T>(input, size)
        where T : unmanaged
    {
        public override bool TakesMissing => takesMissing;

        protected override void Fill(ReadOnlySpan<double> column, Span<T> elements)
        {
            for (int row = 0, at = 0; row < column.Length; row++, at += Width) elements[at] = convert(column[row]);
        }
    }

    sealed class TextTensor : InputTensor
    {
        readonly bool[] _isFilled;

        public TextTensor(OnnxInput input, int size) : base(input, size)
        {
            _isFilled = new bool[checked(size * input.Width)];
            Value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, Shape());
        }

        public override OrtValue Value { get; }

        public override void Fill(IReadOnlyList<ColumnVector> columns, int first, int start, int rows)
        {
            for (int k = 0; k < Width; k++)
            {
                var text = (TextVector)columns[first + k];
                var codes = text.Codes.Slice(start, rows);
                for (int row = 0, at = k; at < _isFilled.Length; row++, at += Width)
                    Set(at, row < rows && codes[row] >= 0 ? text.Levels[codes[row]] : null);
            }
        }

        void Set(int at, string? text)
        {
            // Most that is empty is so already.
            if (text is null && !_isFilled[at]) return;
            Value.StringTensorSetElementAt(text.AsSpan(), at);
            _isFilled[at] = text is not null;
        }
    }
}
