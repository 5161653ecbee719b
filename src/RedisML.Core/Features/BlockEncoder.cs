using RedisML.Columns;
using RedisML.Expressions;

namespace RedisML.Features;

/// <summary>Encodes the rows of a chunk block by block, in memory that the next block uses again.</summary>
internal sealed class BlockEncoder
{
    readonly EncodedLayout _layout;
    readonly ColumnVector[] _columns;
    readonly int[]?[] _maps;
    readonly double[] _numbers;
    readonly int[] _positions;

    public BlockEncoder(EncodedLayout layout, BatchColumns columns)
    {
        _layout = layout;
        int numberCount = layout.NumberPositions.Length;
        Blocks = new BlockPartition(columns.Length, BlockPartition.CountOf(columns.Length, BlockPartition.BlockRows(numberCount)));
        _numbers = new double[numberCount * Blocks.MaxBlockRows];
        _positions = new int[layout.Categories.Length * Blocks.MaxBlockRows];
        _columns = new ColumnVector[layout.Features.Count];
        _maps = new int[layout.Features.Count][];
        for (int i = 0, category = 0; i < _columns.Length; i++)
        {
            var feature = layout.Features[i];
            _columns[i] = columns[feature.Column];
            if (feature is not CategoryFeature { Type: var type }) continue;
            var text = Categories.Of(_columns[i], type);
            _columns[i] = text;
            _maps[i] = layout.Categories[category++].Map(text.Levels);
        }
    }

    public BlockPartition Blocks { get; }

    /// <summary>Values so far whose level training didn't see.</summary>
    public long Unseen { get; private set; }

    /// <summary>The levels that training didn't see, of all rows.</summary>
    public IEnumerable<UnseenLevel> UnseenLevels()
    {
        for (int i = 0; i < _columns.Length; i++)
        {
            if (_columns[i] is not TextVector text || _maps[i] is not { } map) continue;
            var counts = new long[map.Length];
            foreach (int code in text.Codes)
                if (code >= 0 && map[code] == CategoryEncoder.None) counts[code]++;
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
                Unseen += _layout.Categories[category].Encode(codes, _maps[i], _positions.AsSpan(category++ * rows, rows));
            }
            else
            {
                var (_, mean, scale) = (NumericFeature)_layout.Features[i];
                var target = _numbers.AsSpan(number++ * rows, rows);
                ((NumberVector)_columns[i]).Values.Slice(start, rows).CopyTo(target);
                Mark(target, isMissing);
                Standardizer.Apply(target, mean, scale);
            }
        }
        return new(_layout, rows, _numbers.AsSpan(0, number * rows), _positions.AsSpan(0, category * rows));
    }

    static void Mark(ReadOnlySpan<int> codes, Span<bool> isMissing)
    {
        for (int i = 0; i < codes.Length; i++) isMissing[i] |= codes[i] < 0;
    }

    static void Mark(ReadOnlySpan<double> values, Span<bool> isMissing)
    {
        for (int i = 0; i < values.Length; i++) isMissing[i] |= double.IsNaN(values[i]);
    }
}
