using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Hashing;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Datasets.Chunks;
using RedisML.Formats;
using RedisML.Formats.Csv;

namespace RedisML.Datasets.Importing;

/// <summary>Imports a CSV file as a new version of a dataset.</summary>
/// <remarks>
/// One scanner cuts the file at record borders into blocks, tasks parse a block each into a chunk and store it, and the chunks are
/// committed in order. Memory is bounded by the window of blocks under way, whatever the file's size.
/// </remarks>
public sealed class CsvImport
{
    const int MinBlockBytes = 64 * 1024;
    const int MaxWindow = 16;
    const long MaxWindowBytes = 64 << 20;

    readonly RedisMLConnection _connection;
    readonly SourceFile _file;
    readonly ImportOptions _options;
    readonly IProgress<ImportProgress>? _progress;

    CsvImport(RedisMLConnection connection, SourceFile file, ImportOptions options, IProgress<ImportProgress>? progress) =>
        (_connection, _file, _options, _progress) = (connection, file, options, progress);

    /// <summary>Runs an import to its end. Nothing is visible before all of it is, and nothing is left behind where it fails.</summary>
    /// <exception cref="RedisMLException">
    /// <c>BadRow</c> with line, column and value; <c>DatasetExists</c>; <c>ColumnNotFound</c>; those of <see cref="SourceFile.Open"/>,
    /// <see cref="CsvHead.ReadAsync"/> and <see cref="DatasetStore.PublishAsync"/>.
    /// </exception>
    public static async Task<ImportResult> RunAsync(
        RedisMLConnection connection, string path, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var file = SourceFile.Open(path);
        var import = new CsvImport(connection, file, options, progress);
        var current = await new DatasetStore(connection).FindAsync(options.Dataset, cancellation).ConfigureAwait(false);
        string fingerprint = await import.FingerprintAsync(cancellation).ConfigureAwait(false);
        bool unchanged = current is not null && current.Fingerprint == fingerprint && !options.Force;
        if (current is not null && !unchanged && !options.Force)
            throw new RedisMLException("DatasetExists", ErrorKind.ResourceExists,
                $"Dataset '{options.Dataset}' exists already (version {current.Version}, {current.Rows:N0} rows) and came from another file or with other options. Use -Force to replace it, or another name.", options.Dataset);
        if (!unchanged) current = await import.WriteAsync(current, fingerprint, cancellation).ConfigureAwait(false);
        long rows = unchanged ? 0 : current!.Rows;
        return new()
        {
            Dataset = options.Dataset,
            Version = current!.Version,
            RowsRead = rows,
            RowsWritten = rows,
            SourceBytes = file.Length,
            StoredBytes = current.StoredBytes,
            Elapsed = clock.Elapsed,
            Unchanged = unchanged,
        };
    }

    /// <summary>The file's bytes and the options, as one hash.</summary>
    async Task<string> FingerprintAsync(CancellationToken cancellation)
    {
        var content = await _file.HashAsync(cancellation).ConfigureAwait(false);
        var options = XxHash3.HashToUInt64(JsonSerializer.SerializeToUtf8Bytes(_options with { Force = false }));
        return $"xxh3:{content:x32}:{options:x16}";
    }

    async Task<Dataset> WriteAsync(Dataset? current, string fingerprint, CancellationToken cancellation)
    {
        try
        {
            return await WriteInferredAsync(current, fingerprint, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new RedisMLException("SourceCorrupt", ErrorKind.InvalidData, $"'{_file.Path}' can't be inflated: {e.Message}", _file.Path, e);
        }
    }

    /// <summary>Imports with the inferred types; where a later value shows them to be too narrow, starts again with wider ones.</summary>
    async Task<Dataset> WriteInferredAsync(Dataset? current, string fingerprint, CancellationToken cancellation)
    {
        var head = await CsvHead.ReadAsync(_file, _options.NullValues, cancellation).ConfigureAwait(false);
        foreach (var name in _options.Schema.Keys.Append(_options.Label ?? head.Names[0]))
            if (!head.Names.Contains(name)) throw NearestName.NotFound("ColumnNotFound", "column", name, head.Names);
        var types = await InferAsync(head, cancellation).ConfigureAwait(false);
        while (true)
        {
            var (dataset, misfit) = await TryWriteAsync(head, types, current, fingerprint, cancellation).ConfigureAwait(false);
            if (dataset is not null) return dataset;
            types[misfit!.Column] = CsvTypeInference.Union(types[misfit.Column], misfit.ValueType);
        }
    }

    async Task<ColumnType?[]> InferAsync(CsvHead head, CancellationToken cancellation)
    {
        var inference = new CsvTypeInference(head.Dialect, head.Names.Count);
        inference.Add(head.Sample);
        await inference.AddMiddleAndTailAsync(_file, cancellation).ConfigureAwait(false);
        return [.. head.Names.Select((n, i) => _options.Schema.TryGetValue(n, out var given) ? given : inference.Types[i])];
    }

    /// <summary>One attempt: the published dataset, or the value that needs a wider type.</summary>
    async Task<(Dataset? Dataset, BadRow? Misfit)> TryWriteAsync(
        CsvHead head, ColumnType?[] types, Dataset? current, string fingerprint, CancellationToken cancellation)
    {
        var schema = head.Names.Select((n, i) => new ColumnSchema(n, types[i] ?? ColumnType.Utf8)).ToList();
        CsvBlockParser NewParser() => new(head.Dialect, schema, types, head.Names.Select(n => !_options.Schema.ContainsKey(n)).ToList(), _options.Compression);

        int blockBytes = BlockBytes(head, NewParser());
        int window = (int)Math.Clamp(MaxWindowBytes / blockBytes, 3, MaxWindow);
        var parsers = new ConcurrentBag<CsvBlockParser>();
        var underWay = new Queue<Task<(ParsedBlock Parsed, ChunkEntry? Entry)>>();
        long line = 1 + head.HeaderLines;

        var writer = await DatasetWriter.StartAsync(_connection, _options.Dataset, schema, cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        using (var content = _file.OpenContent())
        {
            try
            {
                await SkipAsync(content.Stream, head.DataStart, cancellation).ConfigureAwait(false);
                var blocks = new CsvBlockReader(content.Stream, head.DataStart, blockBytes, head.Dialect, _file.Path);
                await foreach (var block in blocks.ReadAsync(cancellation).ConfigureAwait(false))
                {
                    if (underWay.Count == window && await CommitNextAsync().ConfigureAwait(false) is { } misfit) return (null, misfit);
                    underWay.Enqueue(Task.Run(() => StoreAsync(block), cancellation));
                    _progress?.Report(new(writer.Rows, content.FilePosition, _file.Length));
                }
                while (underWay.Count > 0)
                    if (await CommitNextAsync().ConfigureAwait(false) is { } misfit) return (null, misfit);
            }
            finally
            {
                // What is still under way must have ended before the writer deletes what it wrote.
                await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            return (await writer.PublishAsync(current, _options.Label, _options.Compression, fingerprint, cancellation).ConfigureAwait(false), null);
        }

        async Task<(ParsedBlock, ChunkEntry?)> StoreAsync(CsvBlock block)
        {
            ParsedBlock parsed;
            using (block)
            {
                if (!parsers.TryTake(out var parser)) parser = NewParser();
                parsed = parser.Parse(block.Memory);
                parsers.Add(parser);
            }
            return (parsed, parsed.Chunk is null ? null : await writer.WriteAsync(block.Index, parsed.Chunk, cancellation).ConfigureAwait(false));
        }

        async Task<BadRow?> CommitNextAsync()
        {
            var (parsed, entry) = await underWay.Dequeue().ConfigureAwait(false);
            if (parsed.BadRow is { } bad)
                return CanWiden(head.Names, types, bad) ? bad : throw BadRowError(head.Names, types, bad, line);
            line += parsed.Lines;
            if (entry is not null) writer.Commit(entry, parsed.Chunk!.Statistics);
            return null;
        }
    }

    /// <summary>How much of the file makes a chunk of about the target's size, judged by the sample.</summary>
    static int BlockBytes(CsvHead head, CsvBlockParser parser)
    {
        var parsed = parser.Parse(head.Sample);
        if (parsed.Chunk is null) return ChunkSize.TargetBytes;
        using var chunk = parsed.Chunk;
        double perStored = (double)head.Sample.Length / Math.Max(1, chunk.UncompressedBytes), perRow = (double)head.Sample.Length / chunk.Rows;
        double block = Math.Min(Math.Max(ChunkSize.TargetBytes * perStored, ChunkSize.MinRows * perRow), ChunkSize.MaxBytes * perStored);
        return (int)Math.Clamp(block, MinBlockBytes, CsvBlockReader.MaxRecordBytes);
    }

    /// <summary>An inferred column widens where that keeps the values what they look like; text among numbers is a bad row.</summary>
    bool CanWiden(IReadOnlyList<string> names, ColumnType?[] types, BadRow bad) =>
        bad.Column >= 0 && !_options.Schema.ContainsKey(names[bad.Column]) && (types[bad.Column]?.Kind, bad.ValueType.Kind) switch
        {
            (null, _) => true,
            (TypeKind.Int64, TypeKind.Float64) => true,
            (TypeKind.Int64, TypeKind.Utf8) => bad.Value.AsSpan().TrimStart("+-").IndexOfAnyExceptInRange('0', '9') < 0,
            _ => false,
        };

    RedisMLException BadRowError(IReadOnlyList<string> names, ColumnType?[] types, BadRow bad, long firstLine)
    {
        long line = firstLine + bad.Line - 1;
        string what = bad.Column < 0
            ? $"{bad.Reason}: {bad.Value}"
            : $"'{bad.Value}' in column '{names[bad.Column]}' is no {types[bad.Column]}. If it stands for a missing value, name it with -NullValue; if the column holds text, say so with -Schema @{{ '{names[bad.Column]}' = 'Utf8' }}";
        return new("BadRow", ErrorKind.InvalidData, $"'{_file.Path}', line {line}: {what}.", $"{_file.Path}:{line}");
    }

    static async Task SkipAsync(Stream stream, int count, CancellationToken cancellation)
    {
        if (count > 0) await stream.ReadExactlyAsync(new byte[count], cancellation).ConfigureAwait(false);
    }
}
