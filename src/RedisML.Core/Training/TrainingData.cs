using RedisML.Features;
using RedisML.Runs.Exchange;

namespace RedisML.Training;

/// <summary>The encoded rows of a training as the blocks of all chunks in order,
/// of which this node holds some that follow each other.</summary>
internal sealed class TrainingData(EncodedLayout layout, BlockMap map)
{
    (TrainingChunk Chunk, int Block)[] _blocks = [];
    int _firstBlock;

    public EncodedLayout Layout { get; } = layout;

    public BlockMap Map { get; } = map;

    /// <summary>Changes whenever other chunks are held.</summary>
    public int Version { get; private set; }

    public int MaxBlockRows { get; } = BlockPartition.BlockRows(layout.NumberPositions.Length);

    /// <summary>Replaces the chunks that are held.</summary>
    /// <param name="first">The number of the first among all.</param>
    public void Hold(int first, IEnumerable<TrainingChunk> chunks)
    {
        _firstBlock = Map.FirstBlock(first);
        _blocks = [.. chunks.SelectMany(chunk => Enumerable.Range(0, chunk.Blocks.Count).Select(block => (chunk, block)))];
        Version++;
    }

    /// <param name="index">Among the blocks of all chunks.</param>
    public EncodedBlock Block(int index) => _blocks[index - _firstBlock].Chunk.Block(Layout, _blocks[index - _firstBlock].Block);

    public Targets Targets(int index) => _blocks[index - _firstBlock].Chunk.BlockTargets(_blocks[index - _firstBlock].Block);

    /// <summary>The rows of some leaves, as runs of rows of the chunks that they lie in.</summary>
    public IEnumerable<(TrainingChunk Chunk, int FirstRow, int EndRow)> Rows(Branch leaves)
    {
        int first = Map.LeafStart(leaves.First) - _firstBlock, end = Map.LeafStart(Math.Min(leaves.First + leaves.Size, Map.Leaves))
            - _firstBlock;
        while (first < end)
        {
            var (chunk, block) = _blocks[first];
            int count = Math.Min(chunk.Blocks.Count - block, end - first);
            yield return (chunk, chunk.Blocks.Start(block), chunk.Blocks.Start(block + count));
            first += count;
        }
    }
}
