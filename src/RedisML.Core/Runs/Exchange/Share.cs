using System.Numerics;

namespace RedisML.Runs.Exchange;

/// <summary>Some leaves of the tree of sums that follow each other: what a node adds up.</summary>
/// <param name="End">The first leaf after it.</param>
public readonly record struct Share(int First, int End)
{
    public int Count => End - First;

    /// <summary>The share of a node: as large as those of the others but for a grain,
    /// so that it is a few whole branches of the tree.</summary>
    /// <param name="rank">The rank of the node, from 0.</param>
    public static Share Of(int leaves, int rank, int nodes)
    {
        int grain = (int)BitOperations.RoundUpToPowerOf2((uint)(leaves / (8 * nodes) + 1));
        return new(Border(rank), Border(rank + 1));

        int Border(int r) => r == nodes ? leaves : (int)(((long)leaves * r / nodes + grain / 2) / grain * grain);
    }
}

/// <summary>A branch of the tree of sums: the leaves from <paramref name="First"/> on, a power of two of them;
/// fewer at the tree's end.</summary>
public readonly record struct Branch(int First, int Size);
