namespace RedisML.Features;

/// <summary>How many rows of a chunk have each level of a category; levels may come twice.</summary>
internal sealed record LevelCounts(IReadOnlyList<string> Levels, long[] Counts, long Missing)
{
    /// <summary>The counts of all levels that occur, over chunks.</summary>
    /// <exception cref="RedisMLException"><c>TooManyLevels</c>.</exception>
    public static Dictionary<string, long> Union(IEnumerable<LevelCounts> chunks, string column)
    {
        var union = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var chunk in chunks)
        {
            for (int level = 0; level < chunk.Counts.Length; level++)
            {
                if (chunk.Counts[level] == 0) continue;
                union[chunk.Levels[level]] = union.GetValueOrDefault(chunk.Levels[level]) + chunk.Counts[level];
            }
            if (union.Count > Categories.MaxLevels)
            {
                throw new RedisMLException("TooManyLevels", ErrorKind.LimitsExceeded,
                    $"Column '{column}' has more than {Categories.MaxLevels:N0} levels, too many for a category; leave it out, or derive a coarser one.", column);
            }
        }
        return union;
    }
}
