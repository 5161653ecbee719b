using RedisML.Features;

namespace RedisML.Training;

/// <summary>The encoded rows of a training, as the blocks of all chunks in order.</summary>
internal sealed class TrainingData
{
    readonly (TrainingChunk Chunk, int Block)[] _blocks;

    public TrainingData(EncodedLayout layout, IEnumerable<TrainingChunk> chunks)
    {
        Layout = layout;
        _blocks = [.. chunks.SelectMany(chunk => Enumerable.Range(0, chunk.Blocks.Count).Select(block => (chunk, block)))];
        MaxBlockRows = BlockPartition.BlockRows(layout.NumberPositions.Length);
    }

    public EncodedLayout Layout { get; }

    public int BlockCount => _blocks.Length;

    public int MaxBlockRows { get; }

    public EncodedBlock Block(int index) => _blocks[index].Chunk.Block(Layout, _blocks[index].Block);

    public ReadOnlySpan<double> Labels(int index) => _blocks[index].Chunk.BlockLabels(_blocks[index].Block);
}
