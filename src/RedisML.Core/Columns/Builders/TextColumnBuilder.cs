using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace RedisML.Columns.Builders;

/// <summary>Text, dictionary-encoded as long as the chunk has few different values.</summary>
/// <remarks>
/// Values are looked up in a hash table by their UTF-8 bytes. Past <see cref="DictionaryLimit"/> different values the codes so far
/// are written out, and the rest of the chunk is stored plainly.
/// </remarks>
sealed class TextColumnBuilder : ColumnBuilder
{
    internal const int DictionaryLimit = 4096;

    /// <summary>Bytes that a column's text may take in a chunk, twice what a chunk may: codes of a file's dictionary can stand for any
    /// number.</summary>
    internal const int MostBytes = 128 << 20;

    /// <summary>Different values that there is room for at first: a file may have many columns, each with few.</summary>
    const int FirstDistinct = 64;

    // Four slots a value, which grow with them.
    int[] _slots = new int[4 * FirstDistinct];
    ulong[] _hashes = new ulong[FirstDistinct];
    int _distinct;
    int[] _codes = [];
    byte[] _narrowCodes = [];
    int[] _theirCodes = [];
    bool _plain;
    DictionaryType? _dictionaryType;

    // The dictionary's values, or all values once plain. Offsets has one more entry than there are values.
    byte[] _bytes = new byte[8 * FirstDistinct];
    int[] _offsets = new int[FirstDistinct + 1];
    int _valueCount;

    // Takes the place of the dictionary's memory when the codes are written out.
    byte[] _spareBytes = [];
    int[] _spareOffsets = [];

    public void Append(ReadOnlySpan<byte> value)
    {
        if (!_plain)
        {
            int code = CodeOf(value);
            if (code >= 0)
            {
                MakeRoom(ref _codes, Count);
                _codes[Count++] = code;
                return;
            }
            WriteOutCodes();
        }
        AppendValue(value);
        Count++;
    }

    public override void AppendFrom(IArrowArray array, int row)
    {
        if (ArrowValues.TryGetText(array, row, out var value)) Append(value);
        else AppendNull();
    }

    public override void AppendRange(IArrowArray array, int start, int count)
    {
        switch (array)
        {
            case StringArray text: AppendText(text, start, count); break;
            case DictionaryArray { Dictionary: StringArray { NullCount: 0 } dictionary, Indices: Int32Array codes }:
                AppendCodes(codes, dictionary, start, count);
                break;
            default: base.AppendRange(array, start, count); break;
        }
    }

    void AppendText(StringArray text, int start, int count)
    {
        var offsets = text.ValueOffsets.Slice(start, count + 1);
        var bytes = text.ValueBuffer.Span;
        for (int i = 0; i < count; i++)
        {
            if (text.NullCount > 0 && text.IsNull(start + i)) AppendNull();
            else Append(bytes[offsets[i]..offsets[i + 1]]);
        }
    }

    /// <summary>Codes of another dictionary: each of its values is looked up once, when it first comes.</summary>
    void AppendCodes(Int32Array codes, StringArray dictionary, int start, int count)
    {
        var theirs = codes.Values.Slice(start, count);
        var valid = codes.NullCount > 0 ? codes.NullBitmapBuffer.Span : default;
        if (_theirCodes.Length < dictionary.Length) _theirCodes = new int[dictionary.Length];
        var known = _theirCodes.AsSpan(0, dictionary.Length);
        known.Fill(-1);
        int row = 0;
        if (!_plain)
        {
            var ours = Reserve(ref _codes, count);
            for (; row < count; row++)
            {
                if (!valid.IsEmpty && !BitUtility.GetBit(valid, codes.Offset + start + row))
                {
                    NoteMissing(Count + row);
                    ours[row] = 0;
                    continue;
                }
                ref int code = ref known[theirs[row]];
                if (code < 0 && (code = CodeOf(Value(theirs[row]))) < 0) break;
                ours[row] = code;
            }
            Count += row;
            if (row < count) WriteOutCodes();
        }
        for (; row < count; row++)
        {
            if (!valid.IsEmpty && !BitUtility.GetBit(valid, codes.Offset + start + row)) AppendNull();
            else
            {
                AppendValue(Value(theirs[row]));
                Count++;
            }
        }

        ReadOnlySpan<byte> Value(int code) => dictionary.ValueBuffer.Span[dictionary.ValueOffsets[code]..dictionary.ValueOffsets[code + 1]];
    }

    public override BuiltColumn Build()
    {
        var statistics = new ColumnStatistics(Count - MissingCount, MissingCount, 0, 0, null, null);
        // A dictionary as long as half its column saves nothing.
        if (!_plain && (_distinct == 0 || _distinct > Count / 2)) WriteOutCodes();
        var offsets = new ArrowBuffer(AsMemory(_offsets, _valueCount + 1));
        var bytes = new ArrowBuffer(_bytes.AsMemory(0, _offsets[_valueCount]));
        if (_plain) return new(StringType.Default, new StringArray(Count, offsets, bytes, Validity(), MissingCount, 0), statistics);

        var values = new StringArray(_valueCount, offsets, bytes, ArrowBuffer.Empty, 0, 0);
        var (indexType, indices) = Indices();
        if (_dictionaryType?.IndexType != indexType) _dictionaryType = new(indexType, StringType.Default, false);
        return new(_dictionaryType, new DictionaryArray(_dictionaryType, indices, values), statistics);
    }

    public override void Reset()
    {
        base.Reset();
        System.Array.Clear(_slots);
        _distinct = _valueCount = _offsets[0] = 0;
        _plain = false;
    }

    protected override void AppendPlaceholder()
    {
        if (_plain)
        {
            AppendValue([]);
        }
        else
        {
            MakeRoom(ref _codes, Count);
            _codes[Count] = 0;
        }
        Count++;
    }

    /// <summary>The code of a value, a new one where it is new; −1 where the dictionary is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    int CodeOf(ReadOnlySpan<byte> value)
    {
        ulong hash = Hash(value);
        int slot = (int)(hash & (uint)(_slots.Length - 1));
        for (; _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            int code = _slots[slot] - 1;
            if (_hashes[code] == hash && _bytes.AsSpan(_offsets[code], _offsets[code + 1] - _offsets[code]).SequenceEqual(value))
                return code;
        }
        if (_distinct == _hashes.Length)
        {
            if (_distinct == DictionaryLimit) return -1;
            slot = GrowFor(hash);
        }
        AppendValue(value);
        _hashes[_distinct] = hash;
        _slots[slot] = ++_distinct;
        return _distinct - 1;
    }

    /// <summary>Makes room for twice as many different values.</summary>
    /// <returns>The slot of a new value.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    int GrowFor(ulong hash)
    {
        System.Array.Resize(ref _hashes, 2 * _distinct);
        _slots = new int[4 * _hashes.Length];
        for (int code = 0; code < _distinct; code++) _slots[Free(_hashes[code])] = code + 1;
        return Free(hash);

        int Free(ulong value)
        {
            int slot = (int)(value & (uint)(_slots.Length - 1));
            while (_slots[slot] != 0) slot = (slot + 1) & (_slots.Length - 1);
            return slot;
        }
    }

    /// <summary>A short value is its own bytes, mixed; a longer one goes through XXH3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Hash(ReadOnlySpan<byte> value)
    {
        if (value.Length > 8) return XxHash3.HashToUInt64(value);
        ulong word = value.Length switch
        {
            8 => BinaryPrimitives.ReadUInt64LittleEndian(value),
            >= 4 => BinaryPrimitives.ReadUInt32LittleEndian(value) | (ulong)BinaryPrimitives.ReadUInt32LittleEndian(value[^4..]) << 32,
            > 0 => value[0] | (ulong)value[value.Length >> 1] << 8 | (ulong)value[^1] << 16,
            _ => 0,
        };
        ulong mixed = (word ^ (ulong)value.Length << 56) * 0x9E3779B97F4A7C15;
        return mixed ^ mixed >> 32;
    }

    /// <exception cref="InvalidDataException">There is more text than a chunk may have.</exception>
    void AppendValue(ReadOnlySpan<byte> value)
    {
        int start = _offsets[_valueCount];
        if (_bytes.Length - start < value.Length) MakeRoomFor(start + (long)value.Length);
        value.CopyTo(_bytes.AsSpan(start));
        if (_valueCount + 2 > _offsets.Length) System.Array.Resize(ref _offsets, 2 * _offsets.Length);
        _offsets[++_valueCount] = start + value.Length;
    }

    void MakeRoomFor(long bytes)
    {
        if (bytes > MostBytes)
            throw new InvalidDataException(
                $"the text of a column takes more than {MostBytes >> 20} MB in {Count:N0} rows, which become a chunk.");
        System.Array.Resize(ref _bytes, (int)Math.Max(Math.Min(2L * _bytes.Length, MostBytes), bytes));
    }

    /// <summary>Turns the codes so far into plain values.</summary>
    void WriteOutCodes()
    {
        var (bytes, offsets) = (_bytes, _offsets);
        (_bytes, _spareBytes) = (_spareBytes, _bytes);
        (_offsets, _spareOffsets) = (_spareOffsets, _offsets);
        if (_bytes.Length < bytes.Length) _bytes = new byte[bytes.Length];
        if (_offsets.Length < Count + 2) _offsets = new int[Math.Max(offsets.Length, Count + 2)];
        _offsets[0] = 0;
        _valueCount = 0;
        _plain = true;
        int next = 0;
        for (int row = 0; row < Count; row++)
        {
            if (next < MissingCount && Missing[next] == row)
            {
                next++;
                AppendValue([]);
                continue;
            }
            int code = _codes[row];
            AppendValue(bytes.AsSpan(offsets[code], offsets[code + 1] - offsets[code]));
        }
    }

    (IArrowType, IArrowArray) Indices()
    {
        var codes = _codes.AsSpan(0, Count);
        if (_distinct <= sbyte.MaxValue + 1)
            return (Int8Type.Default, new Int8Array(Narrow<int, sbyte>(codes, ref _narrowCodes), Validity(), Count, MissingCount, 0));
        return (Int16Type.Default, new Int16Array(Narrow<int, short>(codes, ref _narrowCodes), Validity(), Count, MissingCount, 0));
    }
}
