using RedisML.Datasets;

namespace RedisML.Features;

/// <summary>How many rows of a chunk have each level of a category; levels may come twice.</summary>
internal sealed record LevelCounts(IReadOnlyList<string> Levels, long[] Counts, long Missing)
{
    const double MaxExactInteger = 1L << 53;

    /// <summary>The counts of all levels that occur, over chunks.</summary>
    /// <exception cref="RedisMLException"><c>TooManyLevels</c>; <c>InvalidCategory</c>.</exception>
    public static Dictionary<string, long> Union(IEnumerable<LevelCounts> chunks, string column, ColumnType type)
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
        if (type == ColumnType.Int64 && union.Keys.Any(level => Math.Abs(Categories.Parse(type, level)) >= MaxExactInteger))
        {
            throw new RedisMLException("InvalidCategory", ErrorKind.InvalidData,
                $"Column '{column}' holds integers beyond ±2⁵³, which can't be told apart as categories; import it as text.", column);
        }
        return union;
    }
}
