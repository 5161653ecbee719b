namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The items with the highest scores for a user, best first; of equal scores the one that comes first in order.</summary>
internal static class TopItems
{
    /// <summary>Items scored at once, so that their scores stay in the cache.</summary>
    const int Block = FactorParameters.BlockSize;

    /// <param name="rated">Items left out, ascending.</param>
    /// <param name="allowed">Whether each item may be among them; empty for all.</param>
    /// <param name="scores">Takes a score for each item found; as long as the result may be.</param>
    /// <param name="items">Takes the items.</param>
    /// <returns>How many there are.</returns>
    public static int Find(FactorModel model, UserVector user, ReadOnlySpan<int> rated, ReadOnlySpan<bool> allowed, Span<int> items,
        Span<float> scores)
    {
        if (items.IsEmpty) return 0;
        Span<float> block = stackalloc float[Block];
        int found = 0, skipped = 0;
        float least = float.NegativeInfinity; // of those found, once there are enough
        for (int first = 0; first < model.Items.Count; first += Block)
        {
            var ofBlock = block[..Math.Min(Block, model.Items.Count - first)];
            model.Score(user, first, ofBlock);
            for (int i = 0; i < ofBlock.Length; i++)
            {
                float score = ofBlock[i];
                if (!(score > least)) continue;
                int item = first + i;
                while (skipped < rated.Length && rated[skipped] < item) skipped++;
                if (skipped < rated.Length && rated[skipped] == item || !allowed.IsEmpty && !allowed[item]) continue;
                found = Insert(items, scores, found, item, score);
                if (found == items.Length) least = scores[^1];
            }
        }
        return found;
    }

    static int Insert(Span<int> items, Span<float> scores, int found, int item, float score)
    {
        int place = found;
        while (place > 0 && scores[place - 1] < score) place--;
        int moved = Math.Min(found, items.Length - 1) - place;
        scores.Slice(place, moved).CopyTo(scores[(place + 1)..]);
        items.Slice(place, moved).CopyTo(items[(place + 1)..]);
        (items[place], scores[place]) = (item, score);
        return Math.Min(found + 1, items.Length);
    }
}
