using System.Text;
using StackExchange.Redis;

namespace RedisML.Algorithms.Language;

/// <summary>Finds the most probable tokens from the most frequent ones of each context, and knows whether another could be among them.
/// </summary>
/// <remarks>R. Fagin, A. Lotem, M. Naor: Optimal aggregation algorithms for middleware, 2003: a token that is in no list has at most the
/// last count of each.</remarks>
/// <param name="levels">What the contexts saw in all, the empty one first.</param>
/// <param name="lists">The most frequent tokens of each, the most frequent first.</param>
/// <param name="look">How many were asked for.</param>
sealed class TokenRanking(LevelCounts[] levels, SortedSetEntry[][] lists, long look)
{
    readonly Dictionary<string, double[]> _counts = new(StringComparer.Ordinal);

    /// <summary>Takes what the lists have, and asks for what they lack.</summary>
    /// <param name="counts">Reads how often a context saw tokens.</param>
    /// <param name="isWanted">Of the UTF-8 of a token.</param>
    public async Task CompleteAsync(Func<int, RedisValue[], Task<double[]>> counts, Func<ReadOnlyMemory<byte>, bool> isWanted)
    {
        Dictionary<RedisValue, double[]> candidates = [];
        for (int level = 0; level < lists.Length; level++)
        {
            foreach (var entry in lists[level])
            {
                if (!isWanted(entry.Element)) continue;
                if (!candidates.TryGetValue(entry.Element, out var found))
                {
                    candidates.Add(entry.Element, found = new double[lists.Length]);
                    Array.Fill(found, -1);
                }
                found[level] = entry.Score;
            }
        }
        await Task.WhenAll(Enumerable.Range(0, lists.Length).Select(FillAsync)).ConfigureAwait(false);
        foreach (var (token, found) in candidates) _counts[Encoding.UTF8.GetString(((ReadOnlyMemory<byte>)token).Span)] = found;

        async Task FillAsync(int level)
        {
            var missing = candidates.Where(candidate => candidate.Value[level] < 0).ToArray();
            var read = missing.Length == 0 || IsWhole(level) ? new double[missing.Length]
                : await counts(level, Array.ConvertAll(missing, candidate => candidate.Key)).ConfigureAwait(false);
            for (int i = 0; i < missing.Length; i++) missing[i].Value[level] = read[i];
        }
    }

    /// <summary>The most probable ones, where no other can be among them.</summary>
    public bool TryTake(int count, out IReadOnlyList<NextToken> best)
    {
        best = [.. _counts.Select(candidate => new NextToken(candidate.Key, Probability(candidate.Value)))
            .OrderByDescending(token => token.Probability).ThenBy(token => token.Token, StringComparer.Ordinal).Take(count)];
        if (Enumerable.Range(0, lists.Length).All(IsWhole)) return true;
        var others = lists.Select((list, level) => IsWhole(level) ? 0 : list[^1].Score).ToArray();
        return best.Count == count && best[^1].Probability >= Probability(others);
    }

    /// <summary>Whether a list has all that its context saw.</summary>
    bool IsWhole(int level) => lists[level].Length < look;

    double Probability(double[] counts)
    {
        double probability = KneserNey.Uniform(levels[0].Distinct);
        for (int level = 0; level < levels.Length; level++)
            if (levels[level].IsSeen) probability = KneserNey.Interpolate(probability, counts[level], levels[level]);
        return probability;
    }
}
