using RedisML.Columns;

namespace RedisML.Datasets.Splitting;

/// <summary>The rows with the least values of a column to the first part, and so on; equal ones stay together,
/// missing ones come last.</summary>
/// <param name="cuts">The greatest key of each part but the last, ascending.</param>
sealed class SortedAssignment(int column, ColumnType type, ulong[] cuts) : RowAssignment
{
    public override void Assign(DatasetChunk chunk, Span<int> target)
    {
        var array = chunk.Batch.Column(column);
        for (int row = 0; row < target.Length; row++)
        {
            ulong key = OrderedKeys.Get(array, row, type);
            int part = 0;
            while (part < cuts.Length && key > cuts[part]) part++;
            target[row] = part;
        }
    }

    /// <summary>Finds the cuts that come nearest to the fractions.</summary>
    /// <param name="read">Begins another pass over the rows.</param>
    /// <remarks>
    /// A radix selection: a pass counts the keys in 65,536 intervals, the next one only those within the interval that holds the cut.
    /// Memory stays the same whatever the rows; two passes are enough for the timestamps of some years.
    /// </remarks>
    public static async Task<SortedAssignment> PlanAsync(
        Func<IAsyncEnumerable<DatasetChunk>> read, Dataset source, int column, IReadOnlyList<SplitPart> parts)
    {
        var type = source.Columns[column].Type;
        // Rows that lie one by one may have been changed by others since their statistics were taken.
        var (low, high) = source.Placement is null ? OrderedKeys.Range(source.Columns[column]) : (0, OrderedKeys.Missing - 1);
        var searches = parts.Skip(1).Select(_ => new Search(low, high)).ToArray();
        for (bool first = true; searches.Any(s => !s.IsDone); first = false)
        {
            long rows = 0;
            await foreach (var chunk in read().ConfigureAwait(false))
            {
                var array = chunk.Batch.Column(column);
                for (int row = 0; row < chunk.Rows; row++)
                {
                    ulong key = OrderedKeys.Get(array, row, type);
                    foreach (var search in searches) search.Count(key);
                }
                rows += chunk.Rows;
            }
            decimal fraction = 0;
            for (int i = 0; i < searches.Length; i++)
            {
                fraction += parts[i].Fraction;
                if (first) searches[i].Aim(fraction * rows);
                searches[i].Narrow(rows);
            }
        }
        return new(column, type, [.. searches.Select(s => s.Cut)]);
    }

    /// <summary>The search for a key with a given number of rows up to it.</summary>
    sealed class Search(ulong low, ulong high)
    {
        const int Intervals = 1 << 16;

        readonly long[] _counts = new long[Intervals];
        ulong _low = low, _high = high;
        ulong _width = Width(low, high);
        long _below;
        decimal _wanted;

        public bool IsDone { get; private set; }

        public ulong Cut { get; private set; }

        public void Count(ulong key)
        {
            if (IsDone) return;
            if (key < _low) _below++;
            else if (key <= _high) _counts[(key - _low) / _width]++;
        }

        /// <param name="rows">How many rows to have up to the cut.</param>
        public void Aim(decimal rows) => _wanted = rows;

        /// <summary>After a pass: goes on within the interval in which the rows reach the number wanted.</summary>
        public void Narrow(long rows)
        {
            if (IsDone) return;
            int interval = 0;
            for (; interval < Intervals && _below + _counts[interval] < _wanted; interval++) _below += _counts[interval];
            if (interval == Intervals)
            {
                // The rest has no value.
                Choose(_high + 1, OrderedKeys.Missing, rows - _below);
            }
            else if (_width == 1)
            {
                Choose(_low + (ulong)interval, _low + (ulong)interval, _counts[interval]);
            }
            else
            {
                (_low, _high) = (_low + (ulong)interval * _width, Math.Min(_high, _low + (ulong)interval * _width + _width - 1));
                _width = Width(_low, _high);
                _below = 0;
                Array.Clear(_counts);
            }
        }

        /// <summary>Cuts before or behind rows that belong together, where fewer rows are on the wrong side;
        /// never before the first.</summary>
        void Choose(ulong first, ulong last, long count)
        {
            Cut = _below > 0 && _wanted - _below < _below + count - _wanted ? first - 1 : last;
            IsDone = true;
        }

        static ulong Width(ulong low, ulong high) => (high - low) / Intervals + 1;
    }
}
