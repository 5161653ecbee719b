using System.Numerics;
using RedisML.Numerics;

namespace RedisML.Runs.Exchange;

/// <summary>The fixed binary tree in which leaves are added up, whoever adds up which of them:
/// the order of additions makes the bits of a sum.</summary>
public static class LeafTree
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

    /// <summary>Adds up branches that hold all leaves.</summary>
    /// <param name="branches">The branches in the order of their leaves.</param>
    /// <param name="vector">The sum of a branch by its index, as long as <paramref name="sum"/>.</param>
    public static void Combine(IReadOnlyList<Branch> branches, int leaves, BranchVector vector, Span<double> sum)
    {
        int next = 0;
        Sum(new(0, (int)BitOperations.RoundUpToPowerOf2((uint)leaves)), sum);

        void Sum(Branch branch, Span<double> target)
        {
            if (branches[next] == branch)
            {
                vector(next++).CopyTo(target);
                return;
            }
            int half = branch.Size / 2;
            Sum(new(branch.First, half), target);
            var second = new Branch(branch.First + half, half);
            if (second.First >= leaves) return;
            if (branches[next] == second)
            {
                Lanes.AddScaled(target, 1, vector(next++));
                return;
            }
            var other = new double[target.Length];
            Sum(second, other);
            Lanes.AddScaled(target, 1, other);
        }
    }
}

/// <summary>The sum of a branch.</summary>
public delegate ReadOnlySpan<double> BranchVector(int index);
