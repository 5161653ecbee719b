using RedisML.Features;

namespace RedisML.Training;

/// <summary>The rows of a chunk that training uses, in blocks: first as loaded, then encoded in place.</summary>
/// <param name="firstRow">The number of the chunk's first row in the dataset.</param>
/// <param name="rows">How many rows are used.</param>
/// <param name="blocks">How many blocks they are cut into. It goes by all rows of the chunk,
/// so that it is known before they are read.</param>
internal sealed class TrainingChunk(long firstRow, int rows, int blocks, int numberCount, int categoryCount)
{
    readonly double[] _numbers = GC.AllocateUninitializedArray<double>(checked(rows * numberCount));
    readonly int[] _positions = GC.AllocateUninitializedArray<int>(checked(rows * categoryCount));

    public long FirstRow => firstRow;

    public BlockPartition Blocks { get; } = new(rows, blocks);

    /// <summary>A value a row: the number to predict, or the index of the class.</summary>
    public double[] Labels { get; } = GC.AllocateUninitializedArray<double>(rows);

    /// <summary>What each row counts; null where each counts 1.</summary>
    public double[]? Weights { get; set; }

    /// <summary>A number, a value a row of the block.</summary>
    public Span<double> Number(int block, int index)
    {
        int start = Blocks.Start(block), length = Blocks.Start(block + 1) - start;
        return _numbers.AsSpan(start * numberCount + index * length, length);
    }

    /// <summary>A category: the chunk's code, later the encoded position, a row of the block.</summary>
    public Span<int> Category(int block, int index)
    {
        int start = Blocks.Start(block), length = Blocks.Start(block + 1) - start;
        return _positions.AsSpan(start * categoryCount + index * length, length);
    }

    public ReadOnlySpan<double> BlockLabels(int block) => Labels.AsSpan(Blocks.Start(block), Blocks.Length(block));

    public Targets BlockTargets(int block) =>
        new(BlockLabels(block), Weights is null ? [] : Weights.AsSpan(Blocks.Start(block), Blocks.Length(block)));

    /// <summary>Copies a row into the columns of another block.</summary>
    /// <param name="block">The block that it is in.</param>
    /// <param name="target">The row of the other block that it becomes.</param>
    /// <param name="rows">How many rows the other block has.</param>
    public void CopyRow(int block, int row, Span<double> numbers, Span<int> positions, int target, int rows)
    {
        int start = Blocks.Start(block), length = Blocks.Start(block + 1) - start;
        int source = start * numberCount + row - start;
        for (int i = 0; i < numberCount; i++) numbers[i * rows + target] = _numbers[source + i * length];
        source = start * categoryCount + row - start;
        for (int i = 0; i < categoryCount; i++) positions[i * rows + target] = _positions[source + i * length];
    }

    public EncodedBlock Block(EncodedLayout layout, int block)
    {
        int start = Blocks.Start(block), length = Blocks.Start(block + 1) - start;
        return new(layout, length, _numbers.AsSpan(start * numberCount, length * numberCount),
            _positions.AsSpan(start * categoryCount, length * categoryCount));
    }
}
