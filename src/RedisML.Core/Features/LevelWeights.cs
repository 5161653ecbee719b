using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Features;

/// <summary>The weight of the rows that have each level of a category, or each class of a label; without weights, their number.</summary>
internal sealed class LevelWeights(string column, ColumnType type)
{
    const double MaxExactInteger = 1L << 53;

    readonly Dictionary<string, double> _weights = new(StringComparer.Ordinal);

    /// <summary>Complete once all chunks are in.</summary>
    public IReadOnlyDictionary<string, double> Weights => _weights;

    /// <summary>The weight of the rows in which the column is missing.</summary>
    public double Missing { get; private set; }

    /// <summary>Adds the rows of a chunk, or of several. A level without rows doesn't count.</summary>
    /// <exception cref="RedisMLException"><c>TooManyLevels</c>, as soon as there are; <c>InvalidCategory</c>.</exception>
    public void Add(ChunkLevels levels)
    {
        Missing += levels.Missing;
        for (int i = 0; i < levels.Weights.Length; i++)
        {
            if (levels.Weights[i] == 0) continue;
            if (!_weights.TryGetValue(levels.Names[i], out double weight)) CheckNew(levels.Names[i]);
            _weights[levels.Names[i]] = weight + levels.Weights[i];
        }
    }

    void CheckNew(string level)
    {
        if (_weights.Count == Categories.MaxLevels)
        {
            throw new RedisMLException("TooManyLevels", ErrorKind.LimitsExceeded,
                $"Column '{column}' has more than {Categories.MaxLevels:N0} levels, too many for a category; leave it out, or derive a " +
                "coarser one.", column);
        }
        if (type.IsInteger && Math.Abs(Categories.Parse(type, level)) >= MaxExactInteger)
        {
            throw new RedisMLException("InvalidCategory", ErrorKind.InvalidData,
                $"Column '{column}' holds integers beyond ±2⁵³, which can't be told apart as categories; import it as text.", column);
        }
    }
}
