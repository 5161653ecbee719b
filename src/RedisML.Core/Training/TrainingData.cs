using RedisML.Features;

namespace RedisML.Training;

/// <summary>The encoded rows of a training, as the blocks of all chunks in order.</summary>
internal sealed class TrainingData
{
    readonly (TrainingChunk Chunk, int Block)[] _blocks;

    public TrainingData(EncodedLayout layout, IEnumerable<TrainingChunk> chunks)
    {
        Layout = layout;
        Chunks = [.. chunks];
        _blocks = [.. Chunks.SelectMany(chunk => Enumerable.Range(0, chunk.Blocks.Count).Select(block => (chunk, block)))];
        MaxBlockRows = BlockPartition.BlockRows(layout.NumberPositions.Length);
    }

    public EncodedLayout Layout { get; }

    public IReadOnlyList<TrainingChunk> Chunks { get; }

    /// <summary>The sum of the rows' weights.</summary>
    public double Weight => Chunks.Sum(chunk => chunk.Weights?.Sum() ?? chunk.Labels.Length);

    public int BlockCount => _blocks.Length;

    public int MaxBlockRows { get; }

    public EncodedBlock Block(int index) => _blocks[index].Chunk.Block(Layout, _blocks[index].Block);

    public Targets Targets(int index) => _blocks[index].Chunk.BlockTargets(_blocks[index].Block);
}
