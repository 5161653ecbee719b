using RedisML.Features;

namespace RedisML.Training;

/// <summary>The encoded rows of a training as the blocks of all chunks in order, of which this node holds some that follow each other.</summary>
internal sealed class TrainingData(EncodedLayout layout, BlockMap map)
{
    (TrainingChunk Chunk, int Block)[] _blocks = [];
    int _firstBlock;

    public EncodedLayout Layout { get; } = layout;

    public BlockMap Map { get; } = map;

    public int MaxBlockRows { get; } = BlockPartition.BlockRows(layout.NumberPositions.Length);

    /// <summary>Replaces the chunks that are held.</summary>
    /// <param name="first">The number of the first among all.</param>
    public void Hold(int first, IEnumerable<TrainingChunk> chunks)
    {
        _firstBlock = Map.FirstBlock(first);
        _blocks = [.. chunks.SelectMany(chunk => Enumerable.Range(0, chunk.Blocks.Count).Select(block => (chunk, block)))];
    }

    /// <param name="index">Among the blocks of all chunks.</param>
    public EncodedBlock Block(int index) => _blocks[index - _firstBlock].Chunk.Block(Layout, _blocks[index - _firstBlock].Block);

    public ReadOnlySpan<double> Labels(int index) => _blocks[index - _firstBlock].Chunk.BlockLabels(_blocks[index - _firstBlock].Block);
}
