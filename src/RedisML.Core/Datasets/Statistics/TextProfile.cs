using System.Buffers;
using System.IO.Hashing;
using System.Numerics;
using System.Text;
using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Datasets.Statistics;

/// <summary>Of text, by hashes of its values; the values themselves are kept, shortened, for those that may be listed.</summary>
/// <remarks>A chunk's dictionary is counted by codes, so that only its few values are looked up.</remarks>
sealed class TextProfile(SummaryOptions options) : ColumnProfile
{
    /// <summary>Bytes of a value that are kept.</summary>
    const int MaxLength = 1024;

    readonly FrequentItems _items = new(MaxExact);
    readonly DistinctCounter _distinct = new();
    readonly List<(int Start, int Length)> _texts = [];
    byte[] _bytes = new byte[4096];
    int _length;
    bool _isExact = true;

    public override void Add(IArrowArray array)
    {
        if (array is DictionaryArray { Dictionary: StringArray values } dictionary)
        {
            var counts = ArrayPool<int>.Shared.Rent(values.Length);
            counts.AsSpan(0, values.Length).Clear();
            switch (dictionary.Indices)
            {
                case Int8Array indices: CountCodes(indices, counts); break;
                case Int16Array indices: CountCodes(indices, counts); break;
                case Int32Array indices: CountCodes(indices, counts); break;
                default: throw ArrowValues.Unexpected(dictionary.Indices);
            }
            for (int code = 0; code < values.Length; code++)
                if (counts[code] > 0 && values.IsValid(code)) Add(values.GetBytes(code), counts[code]);
            ArrayPool<int>.Shared.Return(counts);
            return;
        }
        var text = (StringArray)array;
        for (int row = 0; row < text.Length; row++)
            if (text.IsValid(row)) Add(text.GetBytes(row), 1);
    }

    public override ColumnSummary Complete(ColumnSummary summary) => summary with
    {
        Distinct = _isExact ? _items.Count : _distinct.Count,
        Top = options.Top == 0 ? null
            : TopOf(_items, options.Top, (_, tag) => Encoding.UTF8.GetString(_bytes, _texts[tag].Start, _texts[tag].Length)),
        TopError = _items.MaximumError,
    };

    static void CountCodes<T>(PrimitiveArray<T> indices, int[] counts) where T : struct, INumberBase<T>
    {
        var codes = indices.Values;
        for (int row = 0; row < codes.Length; row++)
            if (indices.NullCount == 0 || indices.IsValid(row)) counts[int.CreateTruncating(codes[row])]++;
    }

    void Add(ReadOnlySpan<byte> value, int times)
    {
        ulong hash = XxHash3.HashToUInt64(value);
        if (!_items.Add(hash, times, _texts.Count)) return;
        _distinct.Add(hash);
        Keep(value);
        if (!_items.IsFull) return;
        _isExact = false;
        _items.Purge();
        DropForgotten();
    }

    void Keep(ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxLength)
        {
            // Not within a character.
            int end = MaxLength;
            while ((value[end] & 0xC0) == 0x80) end--;
            value = value[..end];
        }
        if (_bytes.Length - _length < value.Length) System.Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + value.Length));
        value.CopyTo(_bytes.AsSpan(_length));
        _texts.Add((_length, value.Length));
        _length += value.Length;
    }

    void DropForgotten()
    {
        var (texts, bytes) = (_texts.ToArray(), _bytes);
        _texts.Clear();
        _bytes = new byte[bytes.Length];
        _length = 0;
        _items.Retag(tag =>
        {
            Keep(bytes.AsSpan(texts[tag].Start, texts[tag].Length));
            return _texts.Count - 1;
        });
    }
}
