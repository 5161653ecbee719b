using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Diagnostics;
using RedisML.Formats.Text;

namespace RedisML.Formats.Csv;

/// <summary>A CSV file as a source: its blocks are the parts.</summary>
sealed class CsvSource(SourceFile file, SourceOptions options) : RowSource
{
    const int MinBlockBytes = 64 * 1024;

    CsvHead? _head;
    long _position;
    bool _holdsRejects;

    public override string Name => file.Name;

    public override long? Length => file.Length;

    public override long Position => _position;

    public override bool IsEmpty => _head?.Sample.IsEmpty == true;

    public override async Task<ulong?> HashAsync(CancellationToken cancellation) =>
        await file.HashAsync(cancellation).ConfigureAwait(false);

    public override async Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(
        IReadOnlyDictionary<string, ColumnType> given, CancellationToken cancellation)
    {
        _head = await CsvHead.ReadAsync(file, options, cancellation).ConfigureAwait(false);
        if (_holdsRejects = CsvRejects.IsOne(_head.Names))
            _head = _head with { Names = CsvRejects.OwnNames(_head.Names), Sample = CsvRejects.Strip(_head.Sample, _head.Dialect) };
        var inference = new CsvTypeInference(_head.Dialect, _head.Names.Count);
        inference.Add(_head.Sample);
        await inference.AddMiddleAndTailAsync(file, cancellation).ConfigureAwait(false);
        if (WorkLog.Steps is { } log) log.Step($"{file.Name}: {_head.Describe(file, options)}");
        return [.. _head.Names.Select((name, i) => given.TryGetValue(name, out var type)
            ? new SourceColumn(name, type, Inferred: false)
            : new(name, inference.Samples[i].Type, Inferred: true)
            {
                Almost = inference.Samples[i].Almost,
                ForeignNumber = inference.Samples[i].ForeignNumber,
            })];
    }

    public override async IAsyncEnumerable<RowPart> ReadAsync(
        IReadOnlyList<SourceColumn> columns, ChunkCompression compression, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var head = _head!;
        var parsers = new CsvParsers(head.Dialect, columns, compression);
        using var content = file.OpenWhole();
        if (head.DataStart > 0) await content.Stream.ReadExactlyAsync(new byte[head.DataStart], cancellation).ConfigureAwait(false);
        var blocks = new CsvPartReader(content.Stream, head.DataStart, BlockBytes(head, parsers), head.Dialect, file.Name);
        await foreach (var block in blocks.ReadAsync(cancellation).ConfigureAwait(false))
        {
            _position = content.FilePosition;
            yield return new CsvPart(block, parsers, _holdsRejects)
            {
                FirstLine = block.Index == 0 ? 1 + head.HeaderLines : null,
                SourceBytes = file.Compression != FileCompression.None ? _position : block.Offset + block.Length,
            };
        }
    }

    /// <summary>Numbers become fractions, dates timestamps; what doesn't survive as such, like codes and large numbers, text;
    /// other text is a bad row.</summary>
    public override ColumnType? Widened(SourceColumn column, BadRow bad)
    {
        var wider = ColumnType.Union(column.Type, bad.ValueType);
        if (column.Type is not { } type || wider != ColumnType.Utf8 && wider != type) return wider;
        bool isNumber = type.IsNumeric && type.Kind != TypeKind.Boolean
            && TextValue.LooksLikeNumber(Encoding.UTF8.GetBytes(bad.Value), _head!.Dialect.Culture);
        return wider == type && !type.IsText || isNumber ? ColumnType.Utf8 : null;
    }

    public override ReadOnlyMemory<byte> RejectHeader => CsvRejects.Header(_head!.Dialect, _head.Names);

    public override ReadOnlyMemory<byte> RejectLine(BadRow bad, long line, string column, string reason) =>
        CsvRejects.Row(_head!.Dialect, bad, line, column, reason);

    protected override string RejectExtension => ".csv";

    /// <summary>How much of the file makes a chunk of about the target's size, judged by the sample.</summary>
    static int BlockBytes(CsvHead head, CsvParsers parsers)
    {
        using var chunk = parsers.Parse(head.Sample).Chunk;
        if (chunk is null) return ChunkSize.TargetBytes;
        double rowBytes = (double)head.Sample.Length / chunk.Rows;
        return (int)Math.Clamp(ChunkSize.RowsFor(chunk.UncompressedBytes, chunk.Rows) * rowBytes, MinBlockBytes,
            CsvPartReader.MaxRecordBytes);
    }

    sealed class CsvPart(RecordBlock block, CsvParsers parsers, bool holdsRejects) : RowPart(block.Index, block.Length)
    {
        public override ulong Hash() => XxHash64.HashToUInt64(block.Memory.Span);

        public override EncodedPart Encode(bool leaveOut)
        {
            var records = holdsRejects ? CsvRejects.Strip(block.Memory, parsers.Dialect) : block.Memory;
            var (chunk, fits, lines, notes) = parsers.Parse(records);
            if (fits) return new(chunk, [], lines, notes);
            var (badRows, rest) = new CsvSieve(parsers.Dialect, parsers.Columns).Sift(records);
            if (!leaveOut && badRows.Count > 0) return new(null, badRows, lines, []);
            if (rest.IsEmpty) return new(null, badRows, lines, []);
            var others = parsers.Parse(rest);
            return new(others.Chunk, badRows, lines, [.. others.Notes.Select(n => n with { Line = LineWith(badRows, n.Line) })]);
        }

        public override RowPart With(IReadOnlyList<SourceColumn> columns) => new CsvPart(block, parsers.With(columns), holdsRejects);

        /// <summary>The line in the block of a line among those that are left without the bad rows.</summary>
        long LineWith(IReadOnlyList<BadRow> badRows, long line)
        {
            foreach (var bad in badRows)
            {
                if (bad.Line > line) break;
                line += 1 + bad.Record.Span.Count(parsers.Dialect.LineBreak);
            }
            return line;
        }

        public override void Dispose() => block.Dispose();
    }

    /// <summary>Parsers, each used by one task at a time, and again by the next.</summary>
    sealed class CsvParsers(CsvDialect dialect, IReadOnlyList<SourceColumn> columns, ChunkCompression compression)
    {
        readonly ConcurrentBag<CsvPartParser> _idle = [];
        volatile CsvParsers? _others;

        public CsvDialect Dialect => dialect;

        public IReadOnlyList<SourceColumn> Columns => columns;

        /// <summary>Those for columns of other types; kept for the next part.</summary>
        public CsvParsers With(IReadOnlyList<SourceColumn> columns) =>
            columns == Columns ? this : _others is { } others && others.Columns == columns ? others
                : _others = new(dialect, columns, compression);

        public ParsedBlock Parse(ReadOnlyMemory<byte> block)
        {
            if (!_idle.TryTake(out var parser)) parser = new(dialect, columns, compression);
            var parsed = parser.Parse(block);
            _idle.Add(parser);
            return parsed;
        }
    }
}
