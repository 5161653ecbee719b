namespace RedisML.Prediction;

/// <summary>A model that recommends items to users, and so can be judged by what it would have recommended.</summary>
public interface IItemRanker : IPredictor
{
    /// <summary>Whether what it predicts is the label, and not a preference of another unit.</summary>
    bool PredictsLabel { get; }

    /// <summary>The least label of a row whose item suited its user.</summary>
    double RelevantFrom { get; }

    /// <summary>The place of each row's item among those that its user would be recommended.</summary>
    /// <exception cref="Errors.RedisMLException"><c>SignatureMismatch</c>.</exception>
    ItemRanks Rank(RowBatch rows);
}

/// <summary>Where the items of some rows stand among those that their users would be recommended.</summary>
/// <param name="Users">[rows]: the user as an index into <paramref name="Names"/>; −1 where it is missing.</param>
/// <param name="Names">The users; a name may be there twice.</param>
/// <param name="Ranks">[rows]: from 1; 0 for an item that is never recommended, such as one that training didn't see.</param>
public sealed record ItemRanks(int[] Users, IReadOnlyList<string> Names, int[] Ranks);
