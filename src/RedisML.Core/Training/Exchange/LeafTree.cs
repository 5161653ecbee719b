using System.Numerics;
using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>The fixed binary tree in which leaves are added up, whoever adds up which of them: the order of additions makes the bits of a sum.</summary>
internal static class LeafTree
{
    /// <summary>The fewest branches that hold the leaves of a share.</summary>
    public static List<Branch> Branches(Share share, int leaves)
    {
        var branches = new List<Branch>();
        int root = (int)BitOperations.RoundUpToPowerOf2((uint)leaves);
        for (int first = share.First; first < share.End;)
        {
            int size = first == 0 ? root : first & -first;
            while (Math.Min(first + size, leaves) > share.End) size /= 2;
            branches.Add(new(first, size));
            first += size;
        }
        return branches;
    }

    /// <summary>Adds up branches that hold all leaves, into the first of the vectors.</summary>
    /// <param name="branches">In order.</param>
    /// <param name="vectors">The sum of each branch, of the same length; they are overwritten.</param>
    public static Memory<double> Combine(IReadOnlyList<Branch> branches, IReadOnlyList<Memory<double>> vectors, int leaves)
    {
        int next = 0;
        return Sum(new(0, (int)BitOperations.RoundUpToPowerOf2((uint)leaves)));

        Memory<double> Sum(Branch branch)
        {
            if (branches[next] == branch) return vectors[next++];
            int half = branch.Size / 2;
            var sum = Sum(new(branch.First, half));
            if (branch.First + half < leaves) Lanes.AddScaled(sum.Span, 1, Sum(new(branch.First + half, half)).Span);
            return sum;
        }
    }
}
