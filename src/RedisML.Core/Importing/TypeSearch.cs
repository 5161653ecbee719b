using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Formats;

namespace RedisML.Importing;

/// <summary>Reads a whole source for the types of its columns alone, after a value showed one to be too narrow: so an import starts again
/// once, however many columns need wider types, and however late.</summary>
/// <remarks>What comes out depends on the source alone: parts are judged several at once, and taken in order.</remarks>
/// <param name="columns">With the types that are known to be needed.</param>
sealed class TypeSearch(RowSource source, SourceColumn[] columns, IProgress<ImportProgress>? progress)
{
    /// <summary>Up to here every integer is a floating-point number.</summary>
    const double MaxExactInteger = 1L << 53;

    static readonly int s_maxPartsUnderWay = Math.Min(6, Environment.ProcessorCount);

    readonly Queue<(Task<Judgement> Work, RowPart Part)> _underWay = new();

    // Of each column: whether something was taken for a missing value, and its largest number, without its sign.
    readonly bool[] _missing = new bool[columns.Length];
    readonly double[] _largest = new double[columns.Length];
    bool _isCertain;

    /// <summary>The columns with types that all of the source fits, but for rows that are bad in any case.</summary>
    public async Task<SourceColumn[]> RunAsync(CancellationToken cancellation)
    {
        do
        {
            _isCertain = true;
            await ReadAsync(cancellation).ConfigureAwait(false);
        }
        while (!_isCertain);
        return [.. columns.Select((column, i) => column.Type is null && _missing[i] ? column.As(ColumnType.Utf8) : column)];
    }

    async Task ReadAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var part in source.ReadAsync(columns, ChunkCompression.None, cancellation).ConfigureAwait(false))
            {
                if (_underWay.Count == s_maxPartsUnderWay) await TakeNextAsync().ConfigureAwait(false);
                var current = columns;
                _underWay.Enqueue((Task.Run(() => Judge(part, current), CancellationToken.None), part));
                progress?.Report(new(0, source.Position, source.Length ?? 0));
            }
            while (_underWay.Count > 0) await TakeNextAsync().ConfigureAwait(false);
        }
        finally
        {
            await ((Task)Task.WhenAll(_underWay.Select(u => u.Work))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var (_, part) in _underWay) part.Dispose();
            _underWay.Clear();
        }
    }

    static Judgement Judge(RowPart part, SourceColumn[] columns)
    {
        var (chunk, badRows, _, notes) = part.With(columns).Encode(leaveOut: true);
        using (chunk) return new(columns, badRows, notes, chunk?.Statistics ?? []);
    }

    async Task TakeNextAsync()
    {
        var (work, part) = _underWay.Peek();
        var judgement = await work.ConfigureAwait(false);
        // Judged anew while types change: a value that fitted the narrower one needn't fit the wider.
        for (; ; judgement = Judge(part, columns))
        {
            if (judgement.Columns != columns) continue;
            if ((part.Source ?? source).Widened(columns, judgement.BadRows) is not { } wider) break;
            for (int i = 0; i < wider.Length; i++) _isCertain &= wider[i].Type == columns[i].Type || IsCertain(i, wider[i].Type);
            columns = wider;
        }
        foreach (var note in judgement.Notes) _missing[note.Column] |= note.Kind == NoteKind.TakenForMissing;
        for (int i = 0; i < judgement.Statistics.Count; i++)
        {
            var (least, most) = (judgement.Statistics[i].Minimum ?? 0, judgement.Statistics[i].Maximum ?? 0);
            _largest[i] = Math.Max(_largest[i], Math.Max(-least, most));
        }
        _underWay.Dequeue();
        part.Dispose();
    }

    /// <summary>Whether all that came before is known to fit a wider type; else it is read once more.</summary>
    bool IsCertain(int column, ColumnType? wider) =>
        wider == ColumnType.Utf8 || (columns[column].Type is not { } type ? !_missing[column]
            : type == ColumnType.Int64 && wider == ColumnType.Float64 && _largest[column] <= MaxExactInteger);

    /// <param name="Columns">The types that the rows were judged by.</param>
    readonly record struct Judgement(SourceColumn[] Columns, IReadOnlyList<BadRow> BadRows, IReadOnlyList<ValueNote> Notes,
        IReadOnlyList<ColumnStatistics> Statistics);
}
