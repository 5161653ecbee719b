using RedisML.Errors;

namespace RedisML.Datasets.Splitting;

/// <summary>Says which part each row goes to.</summary>
abstract class RowAssignment
{
    /// <summary>Of each part, how many rows of each class it gets; null where rows have no classes.</summary>
    public virtual IReadOnlyList<IReadOnlyList<ValueCount>>? Classes => null;

    /// <summary>Fills in the part of each row of a chunk. Called once for each chunk, in order.</summary>
    public abstract void Assign(DatasetChunk chunk, Span<int> target);

    /// <summary>Called after the last chunk.</summary>
    /// <exception cref="RedisMLException"><c>DatasetChanged</c></exception>
    public virtual void Complete()
    {
    }
}

/// <summary>Each row by a hash of its number.</summary>
sealed class RandomAssignment(IReadOnlyList<SplitPart> parts, int seed) : RowAssignment
{
    readonly PartDraw _draw = new(parts);

    public override void Assign(DatasetChunk chunk, Span<int> target)
    {
        for (int row = 0; row < target.Length; row++) target[row] = _draw.Of(RowHash.Of(seed, chunk.FirstRow + row));
    }
}
