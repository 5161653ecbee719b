using System.Numerics;
using System.Runtime.InteropServices;
using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Formats.Arrow;

/// <summary>Makes arrays of a column's logical type from those of the narrower types that chunks store.</summary>
abstract class FullWidthColumn
{
    public static FullWidthColumn Create(ColumnType type) => type.Kind switch
    {
        TypeKind.Int8 => new IntegerColumn<sbyte>(type),
        TypeKind.Int16 => new IntegerColumn<short>(type),
        TypeKind.Int32 => new IntegerColumn<int>(type),
        TypeKind.Int64 => new IntegerColumn<long>(type),
        TypeKind.UInt8 => new IntegerColumn<byte>(type),
        TypeKind.UInt16 => new IntegerColumn<ushort>(type),
        TypeKind.UInt32 => new IntegerColumn<uint>(type),
        TypeKind.Float32 => new FloatColumn<float>(type),
        TypeKind.Float64 => new FloatColumn<double>(type),
        TypeKind.Utf8 => new TextColumn(),
        TypeKind.List => new ListColumn(type),
        TypeKind.Binary when type.IsUuid => new UuidColumn(),
        _ => new SameColumn(),
    };

    /// <summary>The rows from <paramref name="start"/> on.</summary>
    public abstract IArrowArray Widen(IArrowArray array, int start, int count);

    static ArrowBuffer Validity(IArrowArray array, int start, int count, out int missing)
    {
        missing = 0;
        if (array.NullCount == 0) return ArrowBuffer.Empty;
        var bits = new byte[(count + 7) / 8];
        for (int i = 0; i < count; i++)
        {
            if (array.IsValid(start + i)) bits[i >> 3] |= (byte)(1 << (i & 7));
            else missing++;
        }
        return missing == 0 ? ArrowBuffer.Empty : new(bits);
    }

    /// <summary>Numbers, of which <paramref name="get"/> gives one that is there.</summary>
    static IArrowArray Numbers<T>(ColumnType type, IArrowArray array, int start, int count, Func<IArrowArray, int, T> get)
        where T : unmanaged
    {
        var bytes = new byte[count * Marshal.SizeOf<T>()];
        var values = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        for (int i = 0; i < count; i++)
            if (array.IsValid(start + i)) values[i] = get(array, start + i);
        var validity = Validity(array, start, count, out int missing);
        return ArrowArrayFactory.BuildArray(new ArrayData(ArrowTypes.Of(type), count, missing, 0, [validity, new ArrowBuffer(bytes)]));
    }

    sealed class IntegerColumn<T>(ColumnType type) : FullWidthColumn where T : unmanaged, INumberBase<T>
    {
        public override IArrowArray Widen(IArrowArray array, int start, int count) => Numbers(type, array, start, count,
            static (a, row) => ArrowValues.TryGetInt64(a, row, out long value) ? T.CreateTruncating(value) : default);
    }

    sealed class FloatColumn<T>(ColumnType type) : FullWidthColumn where T : unmanaged, INumberBase<T>
    {
        public override IArrowArray Widen(IArrowArray array, int start, int count) => Numbers(type, array, start, count,
            static (a, row) => ArrowValues.TryGetDouble(a, row, out double value) ? T.CreateTruncating(value) : default);
    }

    sealed class TextColumn : FullWidthColumn
    {
        public override IArrowArray Widen(IArrowArray array, int start, int count)
        {
            if (array is StringArray) return ArrowArrayFactory.Slice(array, start, count);
            var builder = new StringArray.Builder().Reserve(count);
            for (int row = start; row < start + count; row++)
            {
                if (ArrowValues.TryGetText(array, row, out var text)) builder.Append(text);
                else builder.AppendNull();
            }
            return builder.Build();
        }
    }

    sealed class ListColumn(ColumnType type) : FullWidthColumn
    {
        readonly FullWidthColumn _elements = Create(type.ElementType);

        public override IArrowArray Widen(IArrowArray array, int start, int count)
        {
            var offsets = new int[count + 1];
            var (values, first, _) = ArrowValues.ListAt(array, start);
            for (int i = 0; i < count; i++) offsets[i + 1] = offsets[i] + ArrowValues.ListAt(array, start + i).Count;
            var elements = _elements.Widen(values, first, offsets[count]);
            var validity = Validity(array, start, count, out int missing);
            return new ListArray(new ArrayData(ArrowTypes.Of(type), count, missing, 0,
                [validity, new ArrowBuffer(MemoryMarshal.AsBytes<int>(offsets).ToArray())], [elements.Data]));
        }
    }

    sealed class UuidColumn : FullWidthColumn
    {
        public override IArrowArray Widen(IArrowArray array, int start, int count)
        {
            const int width = 16;
            var bytes = new byte[count * width];
            for (int i = 0; i < count; i++)
                if (ArrowValues.TryGetBytes(array, start + i, out var value)) value.CopyTo(bytes.AsSpan(i * width, width));
            var validity = Validity(array, start, count, out int missing);
            return ArrowArrayFactory.BuildArray(
                new ArrayData(ArrowTypes.Of(ColumnType.Uuid), count, missing, 0, [validity, new ArrowBuffer(bytes)]));
        }
    }

    sealed class SameColumn : FullWidthColumn
    {
        public override IArrowArray Widen(IArrowArray array, int start, int count) => ArrowArrayFactory.Slice(array, start, count);
    }
}
