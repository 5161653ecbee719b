using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Datasets.Splitting;

/// <summary>Of each class of a column its share to each part, exactly: less than one row more or less than the fraction says.</summary>
/// <remarks>
/// How many rows is decided by <see cref="Allocate"/>. Which rows, by selection sampling (Fan, Muller, Rezucha 1962; Knuth's
/// algorithm S) in one pass: of the rows of a class that are left, each is as likely as another to be among those that a part still lacks.
/// </remarks>
sealed class StratifiedAssignment : RowAssignment
{
    readonly Dataset _source;
    readonly int _column;
    readonly int _seed;
    readonly Dictionary<ulong, Stratum> _strata;
    readonly Stratum _missing;

    StratifiedAssignment(Dataset source, int column, IReadOnlyList<SplitPart> parts, int seed, Dictionary<ulong, Stratum> strata,
        Stratum missing)
    {
        (_source, _column, _seed, _strata, _missing) = (source, column, seed, strata, missing);
        var all = strata.Values.Append(missing).ToList();
        var shares = Allocate([.. all.Select(s => s.Left)], [.. parts.Select(p => p.Fraction)]);
        for (int i = 0; i < all.Count; i++) all[i].Lacking = shares[i];
        Classes =
            [.. parts.Select((_, part) =>
            all.Select(s => new ValueCount(s.Value, s.Lacking[part])).Where(c => c.Rows > 0).OrderByDescending(c => c.Rows).ToList())];
    }

    public override IReadOnlyList<IReadOnlyList<ValueCount>> Classes { get; }

    /// <exception cref="RedisMLException"><c>TooManyLevels</c></exception>
    public static async Task<StratifiedAssignment> PlanAsync(
        IAsyncEnumerable<DatasetChunk> chunks, Dataset source, int column, IReadOnlyList<SplitPart> parts, int seed)
    {
        var type = source.Columns[column].Type;
        var strata = new Dictionary<ulong, Stratum>();
        var missing = new Stratum(null);
        await foreach (var chunk in chunks.ConfigureAwait(false))
        {
            var array = chunk.Batch.Column(column);
            for (int row = 0; row < chunk.Rows; row++)
            {
                Stratum? stratum = missing;
                if (ValueKeys.TryGet(array, row, type, out ulong key) && !strata.TryGetValue(key, out stratum))
                    strata.Add(key, stratum = new(chunk.Value(column, row, type)));
                stratum.Left++;
            }
            if (strata.Count > Categories.MaxLevels)
                throw new RedisMLException("TooManyLevels", ErrorKind.LimitsExceeded,
                    $"Column '{source.Columns[column].Name}' has more than {Categories.MaxLevels:N0} values, too many to stratify by.",
                    source.Columns[column].Name);
        }
        return new(source, column, parts, seed, strata, missing);
    }

    /// <summary>How many of the rows of each class go to each part: what the fractions say, rounded down or up.</summary>
    /// <remarks>
    /// By largest remainder. To the remainder is added what a part lacks from the classes before, so that the parts as a whole keep
    /// their fractions too, even where each class has a single row.
    /// </remarks>
    internal static long[][] Allocate(IReadOnlyList<long> classes, IReadOnlyList<decimal> fractions)
    {
        var owed = new decimal[fractions.Count];
        return [.. classes.Select(Share)];

        long[] Share(long count)
        {
            var exact = fractions.Select(f => f * count).ToArray();
            var share = exact.Select(e => (long)e).ToArray();
            for (int part = 0; part < share.Length; part++) owed[part] += exact[part] - share[part];
            var next = Enumerable.Range(0, share.Length).Where(part => exact[part] > share[part]).OrderByDescending(part => owed[part]);
            foreach (int part in next.Take((int)(count - share.Sum())).ToList())
            {
                share[part]++;
                owed[part]--;
            }
            return share;
        }
    }

    public override void Assign(DatasetChunk chunk, Span<int> target)
    {
        var array = chunk.Batch.Column(_column);
        var type = _source.Columns[_column].Type;
        for (int row = 0; row < target.Length; row++)
        {
            Stratum? stratum = _missing;
            if (ValueKeys.TryGet(array, row, type, out ulong key) && !_strata.TryGetValue(key, out stratum) || stratum.Left == 0)
                throw Changed();
            target[row] = stratum.Draw(RowHash.Of(_seed, chunk.FirstRow + row));
        }
    }

    public override void Complete()
    {
        if (_strata.Values.Append(_missing).Any(s => s.Left > 0)) throw Changed();
    }

    RedisMLException Changed() => new("DatasetChanged", ErrorKind.ResourceBusy,
        $"Rows of dataset '{_source.Name}' were changed while it was split. Nothing was published; split it again.", _source.Name);

    /// <summary>The rows of a class.</summary>
    /// <param name="value">Null for those where it is missing.</param>
    sealed class Stratum(object? value)
    {
        public object? Value => value;

        /// <summary>Rows that weren't given out yet.</summary>
        public long Left { get; set; }

        /// <summary>How many of them each part is to get.</summary>
        public long[] Lacking { get; set; } = [];

        /// <summary>The part for the next row.</summary>
        public int Draw(ulong hash)
        {
            long chosen = (long)Math.BigMul(hash, (ulong)Left, out _);
            int part = 0;
            for (; chosen >= Lacking[part]; part++) chosen -= Lacking[part];
            Lacking[part]--;
            Left--;
            return part;
        }
    }
}
