using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using RedisML.Columns;
using RedisML.Expressions;

namespace RedisML.Features;

/// <summary>Encodes the rows of a chunk block by block, in memory that the next block uses again.</summary>
internal sealed class BlockEncoder
{
    readonly EncodedLayout _layout;
    readonly ColumnVector[] _columns;
    readonly FeatureEncoder _encoder;
    readonly double[] _numbers;
    readonly int[] _positions;

    /// <summary>The encoder of some columns: the one of last time, where they come again with other values.</summary>
    public static BlockEncoder Of(EncodedLayout layout, BatchColumns columns)
    {
        if (columns.Scratch is BlockEncoder last && last._layout == layout)
        {
            last.Renew(columns);
            return last;
        }
        var encoder = new BlockEncoder(layout, columns);
        columns.Scratch = encoder;
        return encoder;
    }

    BlockEncoder(EncodedLayout layout, BatchColumns columns)
    {
        _layout = layout;
        int numberCount = layout.NumberPositions.Length;
        Blocks = new BlockPartition(columns.Length, BlockPartition.CountOf(columns.Length, BlockPartition.BlockRows(numberCount)));
        _numbers = new double[numberCount * Blocks.MaxBlockRows];
        _positions = new int[layout.Categories.Length * Blocks.MaxBlockRows];
        _columns = new ColumnVector[layout.Features.Count];
        var levels = new List<IReadOnlyList<string>>();
        for (int i = 0; i < _columns.Length; i++)
        {
            var feature = layout.Features[i];
            _columns[i] = columns[feature.Column];
            if (feature.LevelType is not { } type) continue;
            var text = Categories.Of(_columns[i], type);
            _columns[i] = text;
            levels.Add(text.Levels);
        }
        _encoder = new(layout, levels);
    }

    void Renew(BatchColumns columns)
    {
        Unseen = 0;
        for (int i = 0, category = 0; i < _columns.Length; i++)
        {
            var feature = _layout.Features[i];
            if (feature.LevelType is not { } type) continue;
            var text = Categories.Of(columns[feature.Column], type);
            _columns[i] = text;
            _encoder.Renew(category++, text.Levels);
        }
    }

    public BlockPartition Blocks { get; }

    /// <summary>Values so far whose level training didn't see.</summary>
    public long Unseen { get; private set; }

    /// <summary>The levels that training didn't see, of all rows.</summary>
    public IEnumerable<UnseenLevel> UnseenLevels()
    {
        for (int i = 0, category = 0; i < _columns.Length; i++)
        {
            if (_columns[i] is not TextVector text) continue;
            var positions = _encoder.PositionsOf(category++);
            var counts = new long[positions.Count];
            foreach (int code in text.Codes)
                if (code >= 0 && positions[code] == CategoryEncoder.None) counts[code]++;
            for (int code = 0; code < counts.Length; code++)
                if (counts[code] > 0) yield return new(_layout.Features[i].Column, text.Levels[code], counts[code]);
        }
    }

    /// <summary>Encodes a block, and marks the rows in which a feature is missing.</summary>
    public EncodedBlock Encode(int block, Span<bool> isMissing)
    {
        int start = Blocks.Start(block), rows = Blocks.Length(block), number = 0, category = 0;
        for (int i = 0; i < _columns.Length; i++)
        {
            if (_columns[i] is TextVector text)
            {
                var codes = text.Codes.Slice(start, rows);
                Mark(codes, isMissing);
                Unseen += _encoder.EncodeCategory(category, codes, _positions.AsSpan(category++ * rows, rows));
            }
            else
            {
                var target = _numbers.AsSpan(number * rows, rows);
                ((NumberVector)_columns[i]).Values.Slice(start, rows).CopyTo(target);
                Mark(target, isMissing);
                _encoder.EncodeNumber(number++, target);
            }
        }
        return new(_layout, rows, _numbers.AsSpan(0, number * rows), _positions.AsSpan(0, category * rows));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Mark(ReadOnlySpan<int> codes, Span<bool> isMissing)
    {
        // Most columns lack nothing, and to find that out takes an eighth of the time.
        if (!codes.ContainsAnyInRange(int.MinValue, -1)) return;
        for (int i = 0; i < codes.Length; i++) isMissing[i] |= codes[i] < 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Mark(ReadOnlySpan<double> values, Span<bool> isMissing)
    {
        if (!TensorPrimitives.IsNaNAny(values)) return;
        for (int i = 0; i < values.Length; i++) isMissing[i] |= double.IsNaN(values[i]);
    }
}
