using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text.Json;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Errors;

namespace RedisML.Formats.Json;

/// <summary>A file of JSON objects, one a line, as a source. Its columns are the names of the first lines' objects.</summary>
sealed class JsonLinesSource(SourceFile file, SourceOptions options) : RowSource
{
    const int SampleBytes = 1 << 20;

    /// <summary>So many names may be as rare as they like.</summary>
    const int FewNames = 1000;

    /// <summary>Places of a table for each byte of the objects: a value takes a byte at least, and a name some more.</summary>
    const long MaxCellsPerByte = 100;

    const int MinBlockBytes = 64 * 1024;
    const int MaxBlockBytes = 16 << 20;

    readonly JsonMissing _missing = new(options.NullValues);
    ReadOnlyMemory<byte> _sample;
    IReadOnlyList<string> _names = [];
    bool _holdsRejects;
    SourceContent? _content;

    public override string Name => file.Name;

    public override string RowName => file.Rewriter is null ? "line" : "object";

    public override long? Length => file.Length;

    public override long Position => _content?.FilePosition ?? 0;

    public override async Task<ulong?> HashAsync(CancellationToken cancellation) =>
        await file.HashAsync(cancellation).ConfigureAwait(false);

    public override async Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(
        IReadOnlyDictionary<string, ColumnType> given, CancellationToken cancellation)
    {
        _sample = await ReadSampleAsync(cancellation).ConfigureAwait(false);
        var names = new List<string>();
        var types = new Dictionary<string, TypeSample>(StringComparer.Ordinal);
        bool hasConstants = JsonConstants.MayBeIn(_sample.Span);
        foreach (var range in _sample.Span.Split((byte)'\n'))
        {
            var line = _sample.Span[range].Trim(" \t\r"u8);
            Look(hasConstants ? JsonConstants.Quoted(line, _missing.TakesUsual) : line, names, types);
        }
        if (_holdsRejects = JsonRecord.HoldsRejects(names)) names = [.. JsonRecord.OwnNames(names)];
        if (names.Count == 0) throw new RedisMLException("NoColumns", ErrorKind.InvalidData,
            $"'{Name}' has no JSON object with a name in it, one a line.", Name);
        CheckNames(names.Count);
        _names = names;
        return [.. ColumnNames.Of(names)
            .Zip(names, (name, own) => given.TryGetValue(name, out var type) ? new SourceColumn(name, type, Inferred: false)
            : new(name, types[own].Type, Inferred: true) { Almost = types[own].Almost })];
    }

    public override async IAsyncEnumerable<RowPart> ReadAsync(
        IReadOnlyList<SourceColumn> columns, ChunkCompression compression, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var encoder = new PartEncoder<JsonRows>(columns, compression, (columns, builder, notes) =>
            new(columns, _names, builder, notes, _missing, _holdsRejects ? JsonRecord.Places : []));
        using var content = _content = file.OpenWhole();
        await foreach (var block in new JsonPartReader(content.Stream, BlockBytes(encoder), Name).ReadAsync(cancellation)
            .ConfigureAwait(false))
            yield return new JsonPart(block, encoder) { FirstLine = block.Index == 0 ? 1 : null };
    }

    /// <summary>Numbers become fractions, dates timestamps, lists lists of wider numbers; anything becomes text where it turns out to be
    /// mixed, or not to survive.</summary>
    public override ColumnType? Widened(SourceColumn column, BadRow bad) =>
        bad.Reason != "" ? null : ColumnType.Union(column.Type, bad.ValueType) is var wider && wider != column.Type ? wider
            : ColumnType.Utf8;

    /// <summary>The first lines, whole; more than usual where the first is long.</summary>
    async Task<ReadOnlyMemory<byte>> ReadSampleAsync(CancellationToken cancellation)
    {
        for (int count = SampleBytes; ; count *= 2)
        {
            var start = await file.ReadStartAsync(count, cancellation).ConfigureAwait(false);
            int end = start.Length < count ? start.Length : start.Span.LastIndexOf((byte)'\n') + 1;
            // Of a line that is too long the import itself says so.
            if (end == 0 && count < PartReader.MaxRecordBytes) continue;
            if (end > 0) start = start[..end];
            return start.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? start[3..] : start;
        }
    }

    void Look(ReadOnlySpan<byte> line, List<string> names, Dictionary<string, TypeSample> types)
    {
        if (line.IsEmpty) return;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (!types.TryGetValue(name, out var sample))
                {
                    types.Add(name, sample = new());
                    names.Add(name);
                }
                reader.Read();
                int from = (int)reader.TokenStartIndex;
                bool isText = reader.TokenType == JsonTokenType.String, isNull = reader.TokenType == JsonTokenType.Null;
                reader.Skip();
                var text = isText ? reader.ValueSpan : line[from..(int)reader.BytesConsumed];
                if (isNull || sample.IsSettled || isText && (_missing.IsNamed(text) || _missing.IsUsual(text))) continue;
                sample.Add(JsonRows.TypeOf(text, isText));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The import itself will come to this line, and say where it is.
        }
    }

    /// <summary>What few objects have takes memory in all of them: names that are data would fill it.</summary>
    /// <exception cref="RedisMLException"><c>TooManyColumns</c>, <c>TooManyNames</c>.</exception>
    void CheckNames(int names)
    {
        ColumnNames.CheckCount(names, Name);
        long objects = _sample.Span.Count((byte)'\n') + 1;
        if (names > FewNames && names * objects > MaxCellsPerByte * _sample.Length)
            throw new RedisMLException("TooManyNames", ErrorKind.LimitsExceeded,
                $"The first {objects:N0} objects of '{Name}' have {names:N0} names, and each has few of them: as columns they would hardly "
                + "have a value. Where names are data, such as ids, write a name and a value as two columns.", Name);
    }

    int BlockBytes(PartEncoder<JsonRows> encoder)
    {
        long lines = _sample.Span.Count((byte)'\n') + 1;
        using var chunk = encoder.Encode(lines, leaveOut: true, (rows, left, bad) => rows.Append(_sample, left, bad)).Chunk;
        if (chunk is null) return ChunkSize.TargetBytes;
        double rowBytes = (double)_sample.Length / chunk.Rows;
        return (int)Math.Clamp(ChunkSize.RowsFor(chunk.UncompressedBytes, chunk.Rows) * rowBytes, MinBlockBytes, MaxBlockBytes);
    }

    sealed class JsonPart(RecordBlock block, PartEncoder<JsonRows> encoder) : RowPart(block.Index, block.Length)
    {
        public override ulong Hash() => XxHash64.HashToUInt64(block.Memory.Span);

        public override EncodedPart Encode(bool leaveOut) =>
            encoder.Encode(block.Memory.Span.Count((byte)'\n'), leaveOut, (rows, left, bad) => rows.Append(WithoutMark(), left, bad));

        public override RowPart With(IReadOnlyList<SourceColumn> columns) => new JsonPart(block, encoder.With(columns));

        public override void Dispose() => block.Dispose();

        ReadOnlyMemory<byte> WithoutMark() =>
            block.Index == 0 && block.Memory.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? block.Memory[3..] : block.Memory;
    }
}
