using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Features;

/// <summary>How many rows have each level of a category, or each class of a label.</summary>
internal sealed class LevelCounts(string column, ColumnType type)
{
    const double MaxExactInteger = 1L << 53;

    readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Complete once all chunks are in.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Rows in which the column is missing.</summary>
    public long Missing { get; private set; }

    /// <summary>Adds the rows of a chunk, or of several. A level without rows doesn't count.</summary>
    /// <exception cref="RedisMLException"><c>TooManyLevels</c>, as soon as there are; <c>InvalidCategory</c>.</exception>
    public void Add(ChunkLevels levels)
    {
        Missing += levels.Missing;
        for (int i = 0; i < levels.Counts.Length; i++)
        {
            if (levels.Counts[i] == 0) continue;
            if (!_counts.TryGetValue(levels.Names[i], out long count)) CheckNew(levels.Names[i]);
            _counts[levels.Names[i]] = count + levels.Counts[i];
        }
    }

    void CheckNew(string level)
    {
        if (_counts.Count == Categories.MaxLevels)
        {
            throw new RedisMLException("TooManyLevels", ErrorKind.LimitsExceeded,
                $"Column '{column}' has more than {Categories.MaxLevels:N0} levels, too many for a category; leave it out, or derive a coarser one.", column);
        }
        if (type.IsInteger && Math.Abs(Categories.Parse(type, level)) >= MaxExactInteger)
        {
            throw new RedisMLException("InvalidCategory", ErrorKind.InvalidData,
                $"Column '{column}' holds integers beyond ±2⁵³, which can't be told apart as categories; import it as text.", column);
        }
    }
}
