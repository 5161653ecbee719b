namespace RedisML.LightGbm.Training;

/// <summary>What an iteration brought.</summary>
/// <param name="Template">The library's text of the iteration.</param>
/// <param name="Trees">The text of a tree an output; empty where there was nothing to split.</param>
/// <param name="IsLast">Whether there is nothing left to split.</param>
/// <param name="Loss">The metric of the training rows; NaN where it wasn't measured.</param>
/// <param name="ValidationLoss">The metric of the validation rows; NaN where there are none.</param>
/// <param name="IsGreaterBetter">Whether the greatest metric is the best.</param>
sealed record GrownTrees(
    string Template, IReadOnlyList<string> Trees, bool IsLast, double Loss, double ValidationLoss, bool IsGreaterBetter)
{
    /// <summary>For the nodes that have no rows, and so grew nothing.</summary>
    /// <param name="loss">Of the rows that this node holds, times their weight.</param>
    public byte[] Encode(double loss, double weight)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(loss);
        writer.Write(weight);
        writer.Write(ValidationLoss);
        writer.Write(IsGreaterBetter);
        writer.Write(IsLast);
        writer.Write(Template);
        writer.Write(Trees.Count);
        foreach (var tree in Trees) writer.Write(tree);
        return stream.ToArray();
    }

    /// <summary>Of what each node with rows told: the trees of the first, which are those of all, and the mean loss.</summary>
    public static GrownTrees Decode(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        double loss = 0, weight = 0;
        GrownTrees? first = null;
        foreach (var part in parts)
        {
            using var reader = new BinaryReader(new MemoryStream(part.ToArray()));
            loss += reader.ReadDouble();
            weight += reader.ReadDouble();
            if (first is not null) continue;
            double validation = reader.ReadDouble();
            bool isGreaterBetter = reader.ReadBoolean(), isLast = reader.ReadBoolean();
            var template = reader.ReadString();
            var trees = new string[reader.ReadInt32()];
            for (int i = 0; i < trees.Length; i++) trees[i] = reader.ReadString();
            first = new(template, trees, isLast, 0, validation, isGreaterBetter);
        }
        return first! with { Loss = loss / weight };
    }
}
