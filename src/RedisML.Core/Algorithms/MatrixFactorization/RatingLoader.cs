using System.Diagnostics;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Training;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Reads all ratings of a dataset by the workers of this process. The result doesn't depend on how many there are.</summary>
internal sealed class RatingLoader(TrainingContext context, FactorizationOptions options)
{
    readonly SortedList<int, RatingChunk> _chunks = [];
    readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> _items = new(StringComparer.Ordinal);
    long _rows;

    /// <summary>Rows left out because the user, the item or the rating is missing.</summary>
    public long Dropped { get; private set; }

    /// <summary>Rows used.</summary>
    public long Rows => _rows - Dropped;

    /// <exception cref="RedisMLException"><c>NoRow</c>, <c>InfiniteValue</c>, <c>RatingOutOfRange</c>, <c>DatasetTooLarge</c>,
    /// <c>InvalidCategory</c>.</exception>
    public RatingMatrix Load()
    {
        long start = Stopwatch.GetTimestamp();
        var source = context.Source.Open(Range.All);
        context.Team.For(context.WorkerCount, (worker, _) =>
        {
            while (source.Take(context.Team.Stopping) is { } chunk)
            {
                using (chunk) Load(chunk);
                if (worker == 0) context.Progress?.Report(
                    new(0, double.NaN, _rows, _rows / Stopwatch.GetElapsedTime(start).TotalSeconds, Dropped));
            }
        });
        if (Rows == 0)
            throw new RedisMLException("NoRow", ErrorKind.InvalidData, _rows == 0 ? "The dataset has no rows to train on."
                : $"In every one of the {_rows:N0} rows the user, the item or the rating is missing.", context.Specification.Label);
        var (users, userPlaces) = Ordered(options.User, _users);
        var (items, itemPlaces) = Ordered(options.Item, _items);
        foreach (var chunk in _chunks.Values)
        {
            foreach (ref int user in chunk.Users.AsSpan()) user = userPlaces[user];
            foreach (ref int item in chunk.Items.AsSpan()) item = itemPlaces[item];
        }
        return new(users, items, _chunks.Values, options.IsImplicit);
    }

    void Load(DatasetChunk chunk)
    {
        using var columns = new BatchColumns(chunk.Batch, context.Plan.Derived);
        var (users, items) = (Codes(columns, options.User, _users), Codes(columns, options.Item, _items));
        var label = ((NumberVector)columns[context.Specification.Label]).Values;
        int kept = 0;
        for (int row = 0; row < label.Length; row++)
        {
            if (users[row] < 0 || items[row] < 0 || double.IsNaN(label[row])) continue;
            Check(label[row]);
            (users[kept], items[kept], label[kept]) = (users[row], items[row], label[row]);
            kept++;
        }
        var values = new float[kept];
        for (int i = 0; i < kept; i++) values[i] = (float)label[i];
        lock (_chunks)
        {
            _chunks.Add(chunk.Index, new(users[..kept], items[..kept], values));
            _rows += chunk.Rows;
            Dropped += chunk.Rows - kept;
        }
    }

    /// <summary>A column as numbers of names, for all chunks alike; −1 where it is missing.</summary>
    int[] Codes(BatchColumns columns, string name, Dictionary<string, int> known)
    {
        var text = Categories.Of(columns[name], TypeOf(name));
        var map = new int[text.Levels.Count];
        lock (known)
        {
            for (int level = 0; level < map.Length; level++)
            {
                // An empty name is none.
                if (text.Levels[level].Length == 0) map[level] = -1;
                else if (!known.TryGetValue(text.Levels[level], out map[level])) known.Add(text.Levels[level], map[level] = known.Count);
            }
        }
        return [.. text.Codes.ToArray().Select(code => code < 0 ? -1 : map[code])];
    }

    ColumnType TypeOf(string name) => context.Plan.Features.First(feature => feature.Column == name).Type;

    void Check(double rating)
    {
        if (double.IsInfinity(rating) || !float.IsFinite((float)rating)) throw FeatureFit.Infinite(context.Specification.Label);
        RatingRange.Check(options.IsImplicit, options.Minimum, options.Maximum, rating, context.Specification.Label);
    }

    /// <summary>Names in order, and the place of each by the number that it had.</summary>
    (string[] Names, int[] Places) Ordered(string column, Dictionary<string, int> numbers)
    {
        const double MaxExactInteger = 1L << 53;
        var type = TypeOf(column);
        // Chunks written by others list names that no row has.
        var used = new bool[numbers.Count];
        foreach (var chunk in _chunks.Values)
            foreach (int number in column == options.User ? chunk.Users : chunk.Items) used[number] = true;
        var names = Categories.Order(type, numbers.Where(pair => used[pair.Value]).Select(pair => pair.Key));
        if (type.IsInteger && names.FirstOrDefault(name => Math.Abs(Categories.Parse(type, name)) >= MaxExactInteger) is { })
            throw new RedisMLException("InvalidCategory", ErrorKind.InvalidData,
                $"Column '{column}' holds integers beyond ±2⁵³, which can't be told apart; import it as text.", column);
        var places = new int[numbers.Count];
        for (int place = 0; place < names.Length; place++) places[numbers[names[place]]] = place;
        return (names, places);
    }
}
