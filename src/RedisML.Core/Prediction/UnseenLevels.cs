using RedisML.Features;

namespace RedisML.Prediction;

/// <summary>Gathers the categories that training didn't see, a bounded number of them.</summary>
public sealed class UnseenLevels
{
    /// <summary>Of a column, so many are told apart: others only count.</summary>
    const int MaxLevels = 20;

    readonly OrderedDictionary<(string Column, string Level), long> _rows = [];
    readonly Dictionary<string, int> _levels = new(StringComparer.Ordinal);

    /// <summary>All values so far.</summary>
    public long Count { get; private set; }

    /// <summary>The levels in the order in which they came.</summary>
    public IReadOnlyList<UnseenLevel> Levels => [.. _rows.Select(entry => new UnseenLevel(entry.Key.Column, entry.Key.Level, entry.Value))];

    /// <summary>Adds those of a prediction, and returns those that are new.</summary>
    public IReadOnlyList<UnseenLevel> Add(Predictions predictions) =>
        predictions.Unseen == 0 ? [] : Add(predictions.Unseen, predictions.UnseenLevels);

    /// <summary>Adds so many values, some of them by level, and returns the levels that are new.</summary>
    public IReadOnlyList<UnseenLevel> Add(long count, IEnumerable<UnseenLevel> levels)
    {
        Count += count;
        List<UnseenLevel> added = [];
        foreach (var level in levels)
        {
            var key = (level.Column, level.Level);
            if (_rows.TryGetValue(key, out long rows))
            {
                _rows[key] = rows + level.Rows;
                continue;
            }
            int known = _levels.GetValueOrDefault(level.Column);
            if (known == MaxLevels) continue;
            _levels[level.Column] = known + 1;
            _rows.Add(key, level.Rows);
            added.Add(level);
        }
        return added;
    }
}
