using System.Collections.Concurrent;
using RedisML.Columns.Chunks;

namespace RedisML.Formats;

/// <summary>Appends the rows of a part, but those in <paramref name="left"/>, to the columns of <paramref name="rows"/>.</summary>
/// <param name="rows">Where a value doesn't fit, a missing one is appended in its place and the row is added to
/// <paramref name="bad"/>.</param>
/// <param name="left">Rows of the part, from 0.</param>
delegate void AppendRows<T>(T rows, IReadOnlySet<int> left, List<BadRow> bad);

/// <summary>Makes chunks of parts, with builders that are used by one task at a time, and again by the next.</summary>
/// <typeparam name="T">What appends to a chunk builder's columns.</typeparam>
sealed class PartEncoder<T>(IReadOnlyList<SourceColumn> columns, ChunkCompression compression,
    Func<IReadOnlyList<SourceColumn>, ChunkBuilder, ValueNotes, T> appender)
{
    static readonly HashSet<int> s_none = [];

    readonly ConcurrentBag<(ChunkBuilder Builder, ValueNotes Notes, T Rows)> _idle = [];
    volatile PartEncoder<T>? _others;

    IReadOnlyList<SourceColumn> Columns => columns;

    /// <summary>The one for columns of other types; kept for the next part.</summary>
    public PartEncoder<T> With(IReadOnlyList<SourceColumn> other) =>
        other == columns ? this : _others is { } others && others.Columns == other ? others : _others = new(other, compression, appender);

    /// <param name="lines">Rows, or lines, of the source in the part.</param>
    /// <param name="leaveOut">As for <see cref="RowPart.Encode"/>.</param>
    /// <remarks>Where rows don't fit, the rest is appended again without them.</remarks>
    public EncodedPart Encode(long lines, bool leaveOut, AppendRows<T> append)
    {
        if (!_idle.TryTake(out var idle))
        {
            var made = new ChunkBuilder([.. columns.Select(c => c.Schema)]);
            var empty = new ValueNotes(columns.Count);
            idle = (made, empty, appender(columns, made, empty));
        }
        var (builder, notes, rows) = idle;
        var bad = new List<BadRow>();
        append(rows, s_none, bad);
        if (bad.Count > 0)
        {
            Reset(builder);
            notes.Clear();
            if (leaveOut) append(rows, bad.Select(b => (int)b.Line - 1).ToHashSet(), []);
        }
        var chunk = builder.Rows == 0 ? null : builder.Encode(compression);
        var noted = notes.Take(line => line);
        _idle.Add(idle);
        return new(chunk, bad, lines, noted);
    }

    static void Reset(ChunkBuilder builder)
    {
        foreach (var column in builder.Columns) column.Reset();
    }
}
