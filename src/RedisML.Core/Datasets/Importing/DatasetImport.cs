using System.Diagnostics;
using System.IO.Hashing;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Datasets.Chunks;
using RedisML.Formats;
using RedisML.Formats.Csv;

namespace RedisML.Datasets.Importing;

/// <summary>Imports a source as a new version of a dataset.</summary>
/// <remarks>
/// The source hands over its parts in order, tasks encode a part each and store the chunk, and the chunks are committed in order.
/// Memory is bounded by the window of parts under way, whatever the source's size.
/// </remarks>
public sealed class DatasetImport
{
    const int MaxPartsUnderWay = 16;
    const long MaxBytesUnderWay = 64 << 20;

    readonly RedisMLConnection _connection;
    readonly ImportSource _source;
    readonly ImportOptions _options;
    readonly IProgress<ImportProgress>? _progress;

    DatasetImport(RedisMLConnection connection, ImportSource source, ImportOptions options, IProgress<ImportProgress>? progress) =>
        (_connection, _source, _options, _progress) = (connection, source, options, progress);

    /// <summary>Imports a file.</summary>
    /// <inheritdoc cref="RunAsync(RedisMLConnection, ImportSource, ImportOptions, IProgress{ImportProgress}?, CancellationToken)"/>
    public static Task<ImportResult> RunAsync(
        RedisMLConnection connection, string path, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        RunAsync(connection, new CsvSource(SourceFile.Open(path), options.NullValues), options, progress, cancellation);

    /// <summary>Runs an import to its end. Nothing is visible before all of it is, and nothing is left behind where it fails.</summary>
    /// <exception cref="RedisMLException">
    /// <c>BadRow</c> with line, column and value; <c>DatasetExists</c>; <c>ColumnNotFound</c>; <c>SourceCorrupt</c>; those of the source
    /// and of <see cref="DatasetStore.PublishAsync"/>.
    /// </exception>
    internal static Task<ImportResult> RunAsync(
        RedisMLConnection connection, ImportSource source, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        new DatasetImport(connection, source, options, progress).RunAsync(cancellation);

    async Task<ImportResult> RunAsync(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var current = await new DatasetStore(_connection).FindAsync(_options.Dataset, cancellation).ConfigureAwait(false);
        string fingerprint = await FingerprintAsync(cancellation).ConfigureAwait(false);
        bool unchanged = current is not null && current.Fingerprint == fingerprint && !_options.Force;
        if (current is not null && !unchanged && !_options.Force)
            throw new RedisMLException("DatasetExists", ErrorKind.ResourceExists,
                $"Dataset '{_options.Dataset}' exists already (version {current.Version}, {current.Rows:N0} rows) and came from another file or with other options. Use -Force to replace it, or another name.", _options.Dataset);
        if (!unchanged) current = await WriteAsync(current, fingerprint, cancellation).ConfigureAwait(false);
        long rows = unchanged ? 0 : current!.Rows;
        return new()
        {
            Dataset = _options.Dataset,
            Version = current!.Version,
            RowsRead = rows,
            RowsWritten = rows,
            SourceBytes = _source.Length ?? _source.Position,
            StoredBytes = current.StoredBytes,
            Elapsed = clock.Elapsed,
            Unchanged = unchanged,
        };
    }

    /// <summary>The source's content and the options, as one hash.</summary>
    async Task<string> FingerprintAsync(CancellationToken cancellation)
    {
        if (await _source.HashAsync(cancellation).ConfigureAwait(false) is not { } content) return $"once:{Guid.NewGuid():n}";
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
            throw new RedisMLException("SourceCorrupt", ErrorKind.InvalidData, $"'{_source.Name}' can't be read to its end: {e.Message}", _source.Name, e);
        }
    }

    /// <summary>Imports with the inferred types; where a later value shows them to be too narrow, starts again with wider ones.</summary>
    async Task<Dataset> WriteInferredAsync(Dataset? current, string fingerprint, CancellationToken cancellation)
    {
        var columns = (await _source.ReadColumnsAsync(_options.Schema, cancellation).ConfigureAwait(false)).ToArray();
        foreach (var name in _options.Schema.Keys.Append(_options.Label ?? columns[0].Name))
            if (!columns.Any(c => c.Name == name)) throw NearestName.NotFound("ColumnNotFound", "column", name, columns.Select(c => c.Name));
        while (true)
        {
            var (dataset, misfit) = await TryWriteAsync(columns, current, fingerprint, cancellation).ConfigureAwait(false);
            if (dataset is not null) return dataset;
            columns[misfit.Column] = columns[misfit.Column] with { Type = misfit.Type };
        }
    }

    /// <summary>One attempt: the published dataset, or the column that needs a wider type.</summary>
    async Task<(Dataset? Dataset, (int Column, ColumnType Type) Misfit)> TryWriteAsync(
        IReadOnlyList<ImportColumn> columns, Dataset? current, string fingerprint, CancellationToken cancellation)
    {
        var underWay = new Queue<(Task<(EncodedPart Encoded, ChunkEntry? Entry)> Work, ImportPart Part)>();
        long bytesUnderWay = 0;
        var (file, line) = (_source.Name, 1L);

        var writer = await DatasetWriter.StartAsync(_connection, _options.Dataset, [.. columns.Select(c => c.Schema)], cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            try
            {
                await foreach (var part in _source.ReadAsync(columns, _options.Compression, cancellation).ConfigureAwait(false))
                {
                    while (underWay.Count == MaxPartsUnderWay || underWay.Count > 0 && bytesUnderWay + part.Bytes > MaxBytesUnderWay)
                        if (await CommitNextAsync().ConfigureAwait(false) is { } misfit) return (null, misfit);
                    underWay.Enqueue((Task.Run(() => StoreAsync(part), cancellation), part));
                    bytesUnderWay += part.Bytes;
                    _progress?.Report(new(writer.Rows, _source.Position, _source.Length ?? 0));
                }
                while (underWay.Count > 0)
                    if (await CommitNextAsync().ConfigureAwait(false) is { } misfit) return (null, misfit);
            }
            finally
            {
                // What is still under way must have ended before the writer deletes what it wrote.
                await ((Task)Task.WhenAll(underWay.Select(u => u.Work))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            return (await writer.PublishAsync(current, _options.Label, _options.Compression, fingerprint, cancellation).ConfigureAwait(false), default);
        }

        async Task<(EncodedPart, ChunkEntry?)> StoreAsync(ImportPart part)
        {
            EncodedPart encoded;
            using (part) encoded = part.Encode(leaveOut: false);
            return (encoded, encoded.Chunk is { } chunk ? await writer.WriteAsync(part.Index, chunk, cancellation).ConfigureAwait(false) : null);
        }

        async Task<(int Column, ColumnType Type)?> CommitNextAsync()
        {
            var (work, part) = underWay.Dequeue();
            bytesUnderWay -= part.Bytes;
            var (encoded, entry) = await work.ConfigureAwait(false);
            if (part.FirstLine is { } first) (file, line) = (part.File ?? _source.Name, first);
            foreach (var bad in encoded.BadRows)
            {
                if (bad.Column >= 0 && columns[bad.Column].Inferred && _source.CanReread && _source.Widened(columns[bad.Column], bad) is { } type)
                    return (bad.Column, type);
                throw BadRowError(columns, bad, file, line + bad.Line - 1);
            }
            line += encoded.Lines;
            if (entry is not null) writer.Commit(entry, encoded.Chunk!.Statistics);
            return null;
        }
    }

    static RedisMLException BadRowError(IReadOnlyList<ImportColumn> columns, BadRow bad, string file, long line)
    {
        string what = bad.Column < 0
            ? $"{bad.Reason}: {bad.Value}"
            : $"'{bad.Value}' in column '{columns[bad.Column].Name}' is no {columns[bad.Column].Type}. If it stands for a missing value, name it with -NullValue; if the column holds text, say so with -Schema @{{ '{columns[bad.Column].Name}' = 'Utf8' }}";
        return new("BadRow", ErrorKind.InvalidData, $"'{file}', line {line}: {what}.", $"{file}:{line}");
    }
}
