using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Columns.Chunks;
using RedisML.Numerics;

namespace RedisML.Columns.Builders;

/// <summary>A finished column of a chunk, still in its builder's memory: valid until the builder's next append or reset.</summary>
readonly record struct BuiltColumn(IArrowType Type, IArrowArray Array, ColumnStatistics Statistics);

/// <summary>Collects the values of one column of a chunk. Its memory is used again for the next chunk.</summary>
/// <remarks>Only the rows of missing values are noted; the validity bitmap is made from them at the end.</remarks>
abstract class ColumnBuilder
{
    /// <summary>A chunk of many columns has a few more than its least rows:
    /// arrays that grow by doubling would take twice their memory.</summary>
    const int InitialRows = ChunkSize.MinRows * 5 / 4;

    int[] _missing = [];
    int _missingCount;
    byte[] _validity = [];

    /// <summary>A builder for values of the logical type <paramref name="type"/>.</summary>
    public static ColumnBuilder Create(ColumnType type) => type.Kind switch
    {
        TypeKind.UInt64 => new UInt64ColumnBuilder(),
        <= TypeKind.UInt32 => new Int64ColumnBuilder(),
        TypeKind.Float32 or TypeKind.Float64 => new Float64ColumnBuilder(),
        TypeKind.Boolean => new BooleanColumnBuilder(),
        TypeKind.Utf8 => new TextColumnBuilder(),
        TypeKind.Decimal128 => new DecimalColumnBuilder(type),
        TypeKind.Date32 => new DateColumnBuilder(),
        TypeKind.Timestamp => new TimestampColumnBuilder(type),
        TypeKind.Binary => new BinaryColumnBuilder(),
        TypeKind.List => new ListColumnBuilder(type),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Rows appended since the last reset.</summary>
    public int Count { get; protected set; }

    protected int MissingCount => _missingCount;

    protected ReadOnlySpan<int> Missing => _missing.AsSpan(0, _missingCount);

    /// <summary>Appends a missing value.</summary>
    public void AppendNull()
    {
        NoteMissing(Count);
        AppendPlaceholder();
    }

    /// <summary>Appends the value in <paramref name="row"/> of an array of this column's logical type,
    /// stored in any of its physical types.</summary>
    public abstract void AppendFrom(IArrowArray array, int row);

    /// <summary>Appends the values in <paramref name="count"/> rows from <paramref name="start"/> on,
    /// as <see cref="AppendFrom"/> would.</summary>
    public virtual void AppendRange(IArrowArray array, int start, int count)
    {
        for (int row = start; row < start + count; row++) AppendFrom(array, row);
    }

    /// <summary>Appends the values in <paramref name="rows"/>, one or more in ascending order, as <see cref="AppendFrom"/> would.</summary>
    public virtual void AppendRows(IArrowArray array, ReadOnlySpan<int> rows)
    {
        foreach (int row in rows) AppendFrom(array, row);
    }

    /// <summary>The column as an Arrow array in its narrowest type, with its statistics.</summary>
    public abstract BuiltColumn Build();

    public virtual void Reset() => Count = _missingCount = 0;

    /// <summary>Notes that the value in a row is missing; rows are noted in order.</summary>
    protected void NoteMissing(int row)
    {
        if (_missingCount == _missing.Length) System.Array.Resize(ref _missing, Math.Max(64, 2 * _missingCount));
        _missing[_missingCount++] = row;
    }

    /// <summary>Counts values that were written to the room for more.</summary>
    public void Commit(int count) => Count += count;

    /// <summary>Appends numbers of another width to the values so far, converted; where they are missing, zeros.</summary>
    protected void AppendNumbers<TFrom, TTo>(ref TTo[] values, PrimitiveArray<TFrom> array, int start, int count)
        where TFrom : struct, INumberBase<TFrom> where TTo : struct, INumberBase<TTo>
    {
        var appended = Reserve(ref values, count);
        Conversion.Truncate(array.Values.Slice(start, count), appended);
        Complete(array, start, appended);
    }

    /// <summary>Appends all from the first of <paramref name="rows"/> to the last by <see cref="AppendRange"/>,
    /// and then keeps those.</summary>
    /// <param name="values">Where the builder has its values.</param>
    protected void AppendRows<T>(ref T[] values, IArrowArray array, ReadOnlySpan<int> rows)
    {
        int start = Count, missing = _missingCount, first = rows[0];
        AppendRange(array, first, rows[^1] + 1 - first);
        var appended = values.AsSpan(start, Count - start);
        for (int i = 0; i < rows.Length; i++) appended[i] = appended[rows[i] - first];
        var noted = Missing[missing..];
        _missingCount = missing;
        int next = 0;
        foreach (int place in noted)
        {
            int row = first + place - start;
            while (next < rows.Length && rows[next] < row) next++;
            if (next < rows.Length && rows[next] == row) NoteMissing(start + next);
        }
        Count = start + rows.Length;
    }

    /// <summary>Room for <paramref name="count"/> more values, to be filled from an array before <see cref="Complete"/>.</summary>
    protected Span<T> Reserve<T>(ref T[] values, int count)
    {
        if (values.Length < Count + count) Grow(ref values, Math.Max(Math.Max(InitialRows, 2 * values.Length), Count + count));
        return values.AsSpan(Count, count);
    }

    /// <summary>Counts values that were appended from an array's rows from <paramref name="start"/> on; where they are missing there,
    /// they become zeros.</summary>
    protected void Complete<T>(Apache.Arrow.Array array, int start, Span<T> appended) where T : struct, INumberBase<T>
    {
        if (array.NullCount > 0)
        {
            var valid = array.NullBitmapBuffer.Span;
            for (int i = 0; i < appended.Length; i++)
            {
                if (BitUtility.GetBit(valid, array.Offset + start + i)) continue;
                NoteMissing(Count + i);
                appended[i] = T.Zero;
            }
        }
        Count += appended.Length;
    }

    /// <summary>Fills the slot of a missing value.</summary>
    protected abstract void AppendPlaceholder();

    /// <summary>Makes room for one more row.</summary>
    protected static void MakeRoom<T>(ref T[] values, int count)
    {
        if (count == values.Length) Grow(ref values, Math.Max(InitialRows, 2 * count));
    }

    /// <summary>An array that isn't cleared, as it is written before it is read, and that the collector doesn't move:
    /// many columns have thousands of them.</summary>
    protected static T[] NewArray<T>(int length) => GC.AllocateUninitializedArray<T>(length, pinned: true);

    static void Grow<T>(ref T[] values, int capacity)
    {
        var larger = NewArray<T>(capacity);
        values.CopyTo(larger, 0);
        values = larger;
    }

    /// <summary>One bit a row, least significant first; empty where nothing is missing, as Arrow has it.</summary>
    protected ArrowBuffer Validity()
    {
        if (_missingCount == 0) return ArrowBuffer.Empty;
        int length = (Count + 7) / 8;
        if (_validity.Length < length) _validity = new byte[length];
        _validity.AsSpan(0, length).Fill(0xFF);
        if (Count % 8 != 0) _validity[length - 1] = (byte)((1 << Count % 8) - 1);
        foreach (int row in Missing) _validity[row >> 3] &= (byte)~(1 << (row & 7));
        return new(_validity.AsMemory(0, length));
    }

    /// <summary>Copies the values that are there, without gaps, into <paramref name="target"/>,
    /// which may be the values themselves.</summary>
    protected int CopyPresent<T>(ReadOnlySpan<T> values, Span<T> target)
    {
        int from = 0, to = 0;
        foreach (int row in Missing)
        {
            values[from..row].CopyTo(target[to..]);
            to += row - from;
            from = row + 1;
        }
        values[from..].CopyTo(target[to..]);
        return to + values.Length - from;
    }

    /// <summary>The values in a narrower type, which holds them all.</summary>
    /// <param name="bytes">Where they are put; replaced where it is too small.</param>
    protected static ArrowBuffer Narrow<TFrom, TTo>(ReadOnlySpan<TFrom> values, ref byte[] bytes)
        where TFrom : unmanaged, INumberBase<TFrom> where TTo : unmanaged, INumberBase<TTo>
    {
        int length = values.Length * Marshal.SizeOf<TTo>();
        if (bytes.Length < length) bytes = new byte[length];
        Conversion.Truncate(values, MemoryMarshal.Cast<byte, TTo>(bytes.AsSpan(0, length)));
        return new(bytes.AsMemory(0, length));
    }

    /// <summary>The first <paramref name="count"/> values as Arrow wants them: the memory itself, not a copy.</summary>
    protected static ReadOnlyMemory<byte> AsMemory<T>(T[] values, int count) where T : unmanaged =>
        count == 0 ? default : new ArrayBytes<T>(values, count).Memory;

}

/// <summary>The bytes of an array of numbers.</summary>
file sealed class ArrayBytes<T>(T[] values, int count) : MemoryManager<byte> where T : unmanaged
{
    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(values.AsSpan(0, count));

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        var handle = GCHandle.Alloc(values, GCHandleType.Pinned);
        return new((byte*)handle.AddrOfPinnedObject() + elementIndex, handle);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
