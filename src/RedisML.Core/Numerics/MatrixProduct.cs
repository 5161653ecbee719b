using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RedisML.Numerics;

/// <summary>Products of matrices in single precision.</summary>
/// <remarks>
/// An element is the sum of its products in order, each added with one rounding: its bits depend on nothing but its row and its column,
/// however many rows are multiplied at once and whoever does it. Tiles of four rows by sixteen columns stay in registers; where sums are
/// long, they are cut so that the strip of B that a tile runs along stays in the nearest cache.
/// </remarks>
internal static class MatrixProduct
{
    /// <summary>Columns of a tile. A matrix's columns are padded to a multiple of it.</summary>
    public const int TileColumns = 16;

    const int TileRows = 4;
    const int DepthBlock = 256;

    // Rows that are a multiple of so many numbers apart would fall into the same few sets of a cache.
    const int CacheStride = 128;

    /// <summary>How far rows of a matrix are apart in memory: its columns, padded.</summary>
    public static int Stride(int columns)
    {
        int padded = (columns + TileColumns - 1) / TileColumns * TileColumns;
        return padded % CacheStride == 0 ? padded + TileColumns : padded;
    }

    /// <summary>C = start + A·B.</summary>
    /// <param name="rows">Of A and C.</param>
    /// <param name="columns">Of B and C, padded ones among them: a multiple of <see cref="TileColumns"/>.</param>
    /// <param name="depth">The columns of A, which are the rows of B.</param>
    /// <param name="aRow">How far rows of A are apart; with <paramref name="aColumn"/> 1 and rows of length aRow, A is as it lies,
    /// the other way round it is transposed.</param>
    /// <param name="start">[columns], what each row of C starts from; empty: zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int rows, int columns, int depth, ReadOnlySpan<float> a, int aRow, int aColumn, ReadOnlySpan<float> b,
        int bRow, Span<float> c, int cRow, ReadOnlySpan<float> start = default)
    {
        if (rows == 0 || columns == 0) return;
        // What follows isn't checked step by step.
        _ = c[(rows - 1) * cRow + columns - 1];
        if (depth > 0) _ = (a[(rows - 1) * aRow + (depth - 1) * aColumn], b[(depth - 1) * bRow + columns - 1]);
        for (int row = 0; row < rows; row++)
        {
            var target = c.Slice(row * cRow, columns);
            if (start.IsEmpty) target.Clear();
            else start[..columns].CopyTo(target);
        }
        ref float a0 = ref MemoryMarshal.GetReference(a), b0 = ref MemoryMarshal.GetReference(b), c0 = ref MemoryMarshal.GetReference(c);
        for (int first = 0; first < depth; first += DepthBlock)
        {
            int length = Math.Min(DepthBlock, depth - first);
            for (int column = 0; column < columns; column += TileColumns)
            {
                ref float strip = ref Unsafe.Add(ref b0, first * bRow + column);
                int row = 0;
                for (; row + TileRows <= rows; row += TileRows)
                {
                    AddTile(ref Unsafe.Add(ref a0, row * aRow + first * aColumn), aRow, aColumn, ref strip, bRow,
                        ref Unsafe.Add(ref c0, row * cRow + column), cRow, length);
                }
                for (; row < rows; row++)
                {
                    AddRow(ref Unsafe.Add(ref a0, row * aRow + first * aColumn), aColumn, ref strip, bRow,
                        ref Unsafe.Add(ref c0, row * cRow + column), length);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddTile(
        ref float a, int aRow, int aColumn, ref float b, int bRow, ref float c, int cRow, int depth)
    {
        ref float c1 = ref Unsafe.Add(ref c, cRow), c2 = ref Unsafe.Add(ref c, 2 * cRow), c3 = ref Unsafe.Add(ref c, 3 * cRow);
        Vector256<float> s00 = Vector256.LoadUnsafe(ref c), s01 = Vector256.LoadUnsafe(ref c, 8);
        Vector256<float> s10 = Vector256.LoadUnsafe(ref c1), s11 = Vector256.LoadUnsafe(ref c1, 8);
        Vector256<float> s20 = Vector256.LoadUnsafe(ref c2), s21 = Vector256.LoadUnsafe(ref c2, 8);
        Vector256<float> s30 = Vector256.LoadUnsafe(ref c3), s31 = Vector256.LoadUnsafe(ref c3, 8);
        nint row1 = aRow, row2 = 2 * (nint)aRow, row3 = 3 * (nint)aRow, step = aColumn, stripStep = bRow;
        for (int k = 0; k < depth; k++)
        {
            Vector256<float> b0 = Vector256.LoadUnsafe(ref b), b1 = Vector256.LoadUnsafe(ref b, 8);
            var x = Vector256.Create(a);
            s00 = Vector256.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector256.FusedMultiplyAdd(x, b1, s01);
            x = Vector256.Create(Unsafe.Add(ref a, row1));
            s10 = Vector256.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector256.FusedMultiplyAdd(x, b1, s11);
            x = Vector256.Create(Unsafe.Add(ref a, row2));
            s20 = Vector256.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector256.FusedMultiplyAdd(x, b1, s21);
            x = Vector256.Create(Unsafe.Add(ref a, row3));
            s30 = Vector256.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector256.FusedMultiplyAdd(x, b1, s31);
            a = ref Unsafe.Add(ref a, step);
            b = ref Unsafe.Add(ref b, stripStep);
        }
        s00.StoreUnsafe(ref c);
        s01.StoreUnsafe(ref c, 8);
        s10.StoreUnsafe(ref c1);
        s11.StoreUnsafe(ref c1, 8);
        s20.StoreUnsafe(ref c2);
        s21.StoreUnsafe(ref c2, 8);
        s30.StoreUnsafe(ref c3);
        s31.StoreUnsafe(ref c3, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddRow(ref float a, int aColumn, ref float b, int bRow, ref float c, int depth)
    {
        Vector256<float> s0 = Vector256.LoadUnsafe(ref c), s1 = Vector256.LoadUnsafe(ref c, 8);
        for (int k = 0; k < depth; k++)
        {
            var x = Vector256.Create(a);
            s0 = Vector256.FusedMultiplyAdd(x, Vector256.LoadUnsafe(ref b), s0);
            s1 = Vector256.FusedMultiplyAdd(x, Vector256.LoadUnsafe(ref b, 8), s1);
            a = ref Unsafe.Add(ref a, (nint)aColumn);
            b = ref Unsafe.Add(ref b, (nint)bRow);
        }
        s0.StoreUnsafe(ref c);
        s1.StoreUnsafe(ref c, 8);
    }
}
