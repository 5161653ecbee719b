namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>What one exchange of a training solves: some users, or some items, that follow each other.</summary>
/// <param name="Iteration">From 1; the last pass over the users has one more than there are.</param>
/// <param name="OfItems">Whether items are solved, and not users.</param>
/// <param name="First">The first user or item.</param>
/// <param name="IsLast">Whether it is the last of its pass.</param>
internal readonly record struct FactorStep(int Iteration, bool OfItems, int First, int Count, bool IsLast)
{
    /// <summary>So many shares there are to be dealt out: a constant, as the sums of losses depend on it.</summary>
    public const int Leaves = 64;

    /// <summary>Numbers of one exchange: 32 MB, well below what a value of Redis holds.</summary>
    const int MaxNumbers = 1 << 22;

    /// <summary>All steps of a training, by their number: users and items in turn, and users once more, for the items as they
    /// are stored.</summary>
    public static FactorStep At(long step, int users, int items, int width, int iterations)
    {
        int rows = Math.Max(1, MaxNumbers / width);
        long ofUsers = (users + rows - 1) / rows, ofItems = (items + rows - 1) / rows;
        long iteration = step / (ofUsers + ofItems), part = step % (ofUsers + ofItems);
        bool isItem = part >= ofUsers;
        int first = (int)(isItem ? part - ofUsers : part) * rows, end = isItem ? items : users;
        if (iteration > iterations || iteration == iterations && isItem)
            throw new ArgumentOutOfRangeException(nameof(step), step, "The training has ended.");
        return new((int)iteration + 1, isItem, first, Math.Min(rows, end - first), first + rows >= end);
    }

    /// <summary>How many steps there are.</summary>
    public static long CountOf(int users, int items, int width, int iterations)
    {
        int rows = Math.Max(1, MaxNumbers / width);
        long ofUsers = (users + rows - 1) / rows, ofItems = (items + rows - 1) / rows;
        return iterations * (ofUsers + ofItems) + ofUsers;
    }

    /// <summary>The first user or item of a leaf.</summary>
    public int LeafStart(int leaf) => First + (int)((long)Count * leaf / Leaves);
}
