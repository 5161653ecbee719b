using RedisML.Columns;

namespace RedisML.Datasets.Splitting;

/// <summary>All rows with the same value of a column to the same part; missing values are a group too.</summary>
/// <remarks>
/// Groups are dealt out whole, each to the part that lacks most rows: from large to small, as otherwise a large one at the end would
/// spoil the shares; those of about the same size, within a factor of two, in an order drawn by the seed.
/// </remarks>
sealed class GroupAssignment : RowAssignment
{
    /// <summary>So many groups and more meet the fractions by chance, and aren't counted.</summary>
    const int MaxCounted = 1 << 20;

    readonly int _column;
    readonly ColumnType _type;
    readonly int _seed;
    readonly PartDraw _draw;
    readonly Dictionary<Group, int> _parts;

    GroupAssignment(int column, ColumnType type, IReadOnlyList<SplitPart> parts, int seed, Dictionary<Group, long> counts)
    {
        (_column, _type, _seed) = (column, type, seed);
        _draw = new(parts);
        _parts = Deal(counts, parts, seed);
    }

    /// <param name="maxCounted">Beyond how many groups they aren't counted; tests give fewer.</param>
    public static async Task<GroupAssignment> PlanAsync(
        IAsyncEnumerable<DatasetChunk> chunks, int column, ColumnType type, IReadOnlyList<SplitPart> parts, int seed,
        int maxCounted = MaxCounted)
    {
        var counts = new Dictionary<Group, long>();
        await foreach (var chunk in chunks.ConfigureAwait(false))
        {
            for (int row = 0; row < chunk.Rows; row++)
            {
                var group = GroupOf(chunk, row, column, type);
                counts[group] = counts.GetValueOrDefault(group) + 1;
            }
            if (counts.Count <= maxCounted) continue;
            counts.Clear();
            break;
        }
        return new(column, type, parts, seed, counts);
    }

    public override void Assign(DatasetChunk chunk, Span<int> target)
    {
        for (int row = 0; row < target.Length; row++)
        {
            var group = GroupOf(chunk, row, _column, _type);
            // One that isn't known, where there are too many or another program wrote the row since, goes where chance wants it.
            target[row] = _parts.TryGetValue(group, out int part) ? part : _draw.Of(group.Hash(_seed));
        }
    }

    static Dictionary<Group, int> Deal(Dictionary<Group, long> counts, IReadOnlyList<SplitPart> parts, int seed)
    {
        decimal total = counts.Values.Sum();
        var lacking = parts.Select(p => p.Fraction * total).ToArray();
        var dealt = new Dictionary<Group, int>(counts.Count);
        foreach (var (group, count) in counts.OrderByDescending(c => long.Log2(c.Value)).ThenBy(c => c.Key.Hash(seed)))
        {
            int part = Array.IndexOf(lacking, lacking.Max());
            lacking[part] -= count;
            dealt.Add(group, part);
        }
        return dealt;
    }

    static Group GroupOf(DatasetChunk chunk, int row, int column, ColumnType type) =>
        ValueKeys.TryGet(chunk.Batch.Column(column), row, type, out ulong key) ? new(key, false) : new(0, true);

    readonly record struct Group(ulong Key, bool IsMissing)
    {
        public ulong Hash(int seed) => RowHash.Of(seed, IsMissing ? ulong.MaxValue : Key);
    }
}
