using System.Diagnostics;
using System.IO.Hashing;
using System.Text.Json;
using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Datasets.Rows;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Formats;
using RedisML.Formats.Objects;
using StackExchange.Redis;

namespace RedisML.Importing;

/// <summary>Imports a source as a new version of a dataset.</summary>
public sealed class DatasetImport
{
    readonly RedisMLConnection _connection;
    readonly RowSource _source;
    readonly ImportOptions _options;
    readonly string _optionsHash;
    readonly IProgress<ImportProgress>? _progress;
    long _rowsWritten, _rowsRejected, _rowsResumed;
    string? _rejectPath;
    IReadOnlyList<string> _valueWarnings = [];
    string? _replicaWarning;
    double? _ratio;

    DatasetImport(RedisMLConnection connection, RowSource source, ImportOptions options, IProgress<ImportProgress>? progress)
    {
        (_connection, _source, _options, _progress) = (connection, source, options, progress);
        _optionsHash = $"{XxHash3.HashToUInt64(JsonSerializer.SerializeToUtf8Bytes(options.ForRows())):x16}";
    }

    /// <summary>Imports a file.</summary>
    public static Task<ImportResult> RunAsync(
        RedisMLConnection connection, string path, ImportOptions options, IProgress<ImportProgress>? progress,
        CancellationToken cancellation) =>
        RunAsync(connection, [path], options, progress, cancellation);

    /// <summary>Imports files with the same columns, one behind the other; <c>-</c> is standard input.</summary>
    /// <inheritdoc cref="RunAsync(RedisMLConnection, RowSource, ImportOptions, IProgress{ImportProgress}?, CancellationToken)"/>
    public static async Task<ImportResult> RunAsync(RedisMLConnection connection, IReadOnlyList<string> paths, ImportOptions options,
        IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        using var files = await SourceFormat.OpenAsync(paths, options, cancellation).ConfigureAwait(false);
        return await RunAsync(connection, files.Source, options, progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs an import to its end. Nothing is visible before all of it is.</summary>
    /// <remarks>
    /// Where it fails because of what it reads, nothing is left behind. Where it breaks off, what was written stays for a day, and
    /// <see cref="ImportOptions.Resume"/> goes on with it.
    /// </remarks>
    /// <exception cref="RedisMLException">
    /// <c>BadRow</c> with line, column and value; <c>TooManyBadRows</c>; <c>NoRows</c>; <c>DatasetExists</c>; <c>SchemaMismatch</c>;
    /// <c>ColumnNotFound</c>; <c>SourceCorrupt</c>; <c>SourceChanged</c>; <c>ResumeImpossible</c>; those of the source, of the server, and
    /// of <see cref="DatasetStore.PublishAsync"/>.
    /// </exception>
    internal static Task<ImportResult> RunAsync(
        RedisMLConnection connection, RowSource source, ImportOptions options, IProgress<ImportProgress>? progress,
        CancellationToken cancellation) =>
        new DatasetImport(connection, source, options, progress).RunAsync(cancellation);

    /// <summary>The columns of a file, with the types that an import would give them. Needs no server.</summary>
    /// <exception cref="RedisMLException">Those of reading the file.</exception>
    public static async Task<IReadOnlyList<ColumnSchema>> ColumnsAsync(string path, SourceOptions options, CancellationToken cancellation)
    {
        using var files = await SourceFormat.OpenAsync([path], options, cancellation).ConfigureAwait(false);
        return [.. (await files.Source.ReadColumnsAsync(options.Schema, cancellation).ConfigureAwait(false)).Select(c => c.Schema)];
    }

    /// <summary>What an import of a file would do. Writes nothing.</summary>
    public static Task<ImportPlan> PlanAsync(RedisMLConnection connection, string path, ImportOptions options,
        CancellationToken cancellation) =>
        PlanAsync(connection, [path], options, cancellation);

    /// <summary>What an import of files would do. Writes nothing.</summary>
    /// <exception cref="RedisMLException">The errors that the import has before anything is written.</exception>
    public static async Task<ImportPlan> PlanAsync(
        RedisMLConnection connection, IReadOnlyList<string> paths, ImportOptions options, CancellationToken cancellation)
    {
        using var files = await SourceFormat.OpenAsync(paths, options, cancellation).ConfigureAwait(false);
        return await new DatasetImport(connection, files.Source, options, null).PlanAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Imports objects that are handed over in batches, until there are no more.</summary>
    /// <inheritdoc cref="RunAsync(RedisMLConnection, RowSource, ImportOptions, IProgress{ImportProgress}?, CancellationToken)"/>
    public static Task<ImportResult> RunAsync(RedisMLConnection connection, IAsyncEnumerable<IReadOnlyList<ObjectRow>> rows,
        ImportOptions options,
        IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
            RunAsync(connection, new ObjectSource(rows, options), options, progress, cancellation);

    async Task<ImportResult> RunAsync(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (current, unchanged) = await CompareAsync(cancellation).ConfigureAwait(false);
        var dataset = unchanged ? current! : await WriteAsync(current, cancellation).ConfigureAwait(false);
        return new()
        {
            Dataset = dataset.Name,
            Version = dataset.Version,
            RowsRead = _rowsWritten + _rowsRejected,
            RowsWritten = _rowsWritten,
            RowsResumed = _rowsResumed,
            RejectPath = _rejectPath,
            SourceBytes = _source.Length ?? _source.Position,
            StoredBytes = dataset.StoredBytes,
            CompressionRatio = _ratio,
            Elapsed = clock.Elapsed,
            Unchanged = unchanged,
            Warnings = unchanged ? [] : await WarningsAsync(cancellation).ConfigureAwait(false),
        };
    }

    /// <summary>What the server may do to the dataset, what it did about replicas, and what became of values.</summary>
    async Task<IReadOnlyList<string>> WarningsAsync(CancellationToken cancellation)
    {
        var eviction = await ServerMemory.EvictionWarningAsync(_connection, cancellation).ConfigureAwait(false);
        return [.. new[] { eviction, _replicaWarning }.OfType<string>(), .. _valueWarnings];
    }

    async Task<ImportPlan> PlanAsync(CancellationToken cancellation)
    {
        try { return await PlanReadableAsync(cancellation).ConfigureAwait(false); }
        catch (InvalidDataException e) { throw Corrupt(e); }
    }

    RedisMLException Corrupt(InvalidDataException e) =>
        new("SourceCorrupt", ErrorKind.InvalidData, $"'{_source.Name}' can't be read to its end: {e.Message}", _source.Name, e);

    async Task<ImportPlan> PlanReadableAsync(CancellationToken cancellation)
    {
        var (current, unchanged) = await CompareAsync(cancellation).ConfigureAwait(false);
        var columns = await ReadColumnsAsync(current, cancellation).ConfigureAwait(false);
        Placement(current, columns);
        long rows = 0, bytes = 0;
        await foreach (var part in _source.ReadAsync(columns, _options.Compression, cancellation).ConfigureAwait(false))
        {
            using (part)
            {
                if (part.Encode(leaveOut: true).Chunk is not { } chunk) continue;
                using (chunk)
                {
                    double share = Math.Min(1, _source.Length is { } length ? (double)part.SourceBytes / length : 1);
                    (rows, bytes) = ((long)(chunk.Rows / share), (long)(chunk.Data.WrittenMemory.Length / share));
                }
            }
            break;
        }
        return new(_options.Dataset, unchanged ? ImportAction.Nothing : current is null ? ImportAction.Create : _options.Append
            ? ImportAction.Append : ImportAction.Replace,
            [.. columns.Select(c => c.Schema)], rows, bytes, _source.Length);
    }

    /// <summary>The dataset as it is now, and whether the source is in it already.</summary>
    async Task<(Dataset? Current, bool Unchanged)> CompareAsync(CancellationToken cancellation)
    {
        if (_options.Append && _options.Force)
            throw new RedisMLException("AppendOrForce", ErrorKind.InvalidArgument,
                "-Append adds to a dataset and -Force replaces it: use one of them.", _options.Dataset);
        var current = await new DatasetStore(_connection).FindAsync(_options.Dataset, cancellation).ConfigureAwait(false);
        // Only now is the fingerprint asked for: a source that is read in any case gives it without another reading.
        if (current is null || _options.Force) return (current, false);
        string fingerprint = await FingerprintAsync(cancellation).ConfigureAwait(false);
        bool unchanged = current.Sources.Any(s => s.Fingerprint == fingerprint);
        if (!unchanged && !_options.Append)
            throw new RedisMLException("DatasetExists", ErrorKind.ResourceExists,
                $"Dataset '{_options.Dataset}' exists already (version {current.Version}, {current.Rows:N0} rows) and came from another " +
                "file or with other options. Use -Force to replace it, -Append to add to it, or another name.", _options.Dataset);
        return (current, unchanged);
    }

    async Task<string> FingerprintAsync(CancellationToken cancellation) =>
        await _source.HashAsync(cancellation).ConfigureAwait(false) is { } content ? $"xxh64:{content:x16}:{_optionsHash}"
            : $"once:{Guid.NewGuid():n}";

    async Task<SourceColumn[]> ReadColumnsAsync(Dataset? current, CancellationToken cancellation)
    {
        var columns = (await _source.ReadColumnsAsync(_options.Schema, cancellation).ConfigureAwait(false)).ToArray();
        if (_source.IsEmpty) throw new RedisMLException("HeaderOnly", ErrorKind.InvalidData,
            $"'{_source.Name}' has {(_options.Header is null ? "a header and " : "")}no rows.", _source.Name);
        foreach (var name in _options.Schema.Keys.Append(_options.Label ?? columns[0].Name))
            if (!columns.Any(c => c.Name == name))
                throw NearestName.NotFound("ColumnNotFound", "column", name, columns.Select(c => c.Name), next: "");
        if (WorkLog.Steps is { } log)
            log.Step($"Columns: {string.Join(", ", columns.Select(column => $"{column.Name} {column.Type}"
                + (column.Inferred ? "" : _options.Schema.ContainsKey(column.Name) ? " (-Schema)" : " (declared)")))}.");
        return current is not null && _options.Append ? SchemaComparison.Reconcile(columns, current, _options.SchemaChange, _source.Name)
            : columns;
    }

    /// <summary>Imports with the inferred types; where a later value shows them to be too narrow, starts again with wider ones.</summary>
    async Task<Dataset> WriteAsync(Dataset? current, CancellationToken cancellation)
    {
        try
        {
            var columns = await ReadColumnsAsync(current, cancellation).ConfigureAwait(false);
            var attempt = await StartAsync(columns, current, cancellation).ConfigureAwait(false);
            // A second time only where the source has changed meanwhile.
            while (true)
            {
                var (dataset, wider) = await TryWriteAsync(attempt.Columns, attempt.Writer, attempt.From, current, cancellation)
                    .ConfigureAwait(false);
                if (dataset is not null) return dataset;
                WorkLog.Steps?.Step($"It starts again with wider types: {string.Join(", ", wider.Zip(attempt.Columns)
                    .Where(pair => pair.First.Type != pair.Second.Type).Select(pair =>
                        $"{pair.First.Name} {pair.First.Type} instead of {pair.Second.Type}"))}.");
                attempt = (await NewWriterAsync(wider, current, cancellation).ConfigureAwait(false), wider, null);
            }
        }
        catch (InvalidDataException e)
        {
            throw Corrupt(e);
        }
    }

    /// <summary>A writer that goes on where an import broke off, or else a new one.</summary>
    async Task<(DatasetWriter Writer, SourceColumn[] Columns, ImportCheckpoint? From)> StartAsync(
        SourceColumn[] columns, Dataset? current, CancellationToken cancellation)
    {
        if (_options.Resume && !_source.CanReread)
            throw new RedisMLException("ResumeImpossible", ErrorKind.InvalidArgument,
                $"{_source.Name} can't be read again, so that an import of it can't be resumed.", _source.Name);
        if (_options.Resume
            && await ImportJournal.ResumeAsync(_connection, _options.Dataset, cancellation).ConfigureAwait(false) is var (journal, json))
        {
            try
            {
                var from = ImportCheckpoint.Read(_options.Dataset, _connection.Keys.Journal(journal.ImportId)!, json);
                from.Check(_source, _optionsHash, current?.Version ?? 0, _options.Dataset);
                var schema = from.Columns.Select(c => c.Schema).ToList();
                if (await DatasetWriter.ResumeAsync(_connection, journal, schema, AppendTo(current), from.Writer, cancellation)
                    .ConfigureAwait(false) is { } writer)
                {
                    _rowsResumed = from.Writer.Rows + from.Rejected;
                    return (writer, [.. from.Columns], from);
                }
            }
            finally
            {
                // Without a writer the import stays as it was: for a later resume, or for the next start to discard.
                if (_rowsResumed == 0) await journal.GiveUpAsync().ConfigureAwait(false);
            }
        }
        return (await NewWriterAsync(columns, current, cancellation).ConfigureAwait(false), columns, null);
    }

    Task<DatasetWriter> NewWriterAsync(SourceColumn[] columns, Dataset? current, CancellationToken cancellation)
    {
        _rowsResumed = 0;
        return DatasetWriter.StartAsync(_connection, _options.Dataset, [.. columns.Select(c => c.Schema)], cancellation, AppendTo(current),
            Placement(current, columns));
    }

    /// <summary>Where rows are to lie one by one; null for chunks.</summary>
    /// <exception cref="RedisMLException"><c>LayoutMismatch</c>, <c>ColumnNotFound</c>, <c>KeyNeedsHash</c></exception>
    RowPlacement? Placement(Dataset? current, IReadOnlyList<SourceColumn> columns)
    {
        var layout = _options.Layout ?? AppendTo(current)?.Layout ?? DatasetLayout.Columnar;
        if (layout != DatasetLayout.Hash && (_options.Key is not null || _options.TimeToLive is not null))
            throw new RedisMLException("KeyNeedsHash", ErrorKind.InvalidArgument,
                $"-Key and -TimeToLive are for the layout Hash, and not for {layout}.", _options.Dataset);
        if (AppendTo(current) is { } existing
            && (existing.Layout != layout || (_options.Key ?? existing.Placement?.Key) != existing.Placement?.Key))
            throw new RedisMLException("LayoutMismatch", ErrorKind.InvalidArgument,
                $"Dataset '{existing.Name}' has the layout " +
                $"{existing.Layout}{(existing.Placement?.Key is { } key ? $" with the key '{key}'" : "")}: rows are added in the same " +
                "way, or -Force replaces it.", existing.Name);
        string? column = _options.Key ?? AppendTo(current)?.Placement?.Key;
        if (column is not null && columns.All(c => c.Name != column))
            throw NearestName.NotFound("ColumnNotFound", "column", column, columns.Select(c => c.Name), next: "");
        return layout == DatasetLayout.Columnar ? null : new(layout, column, "", _options.TimeToLive);
    }

    Dataset? AppendTo(Dataset? current) => _options.Append ? current : null;

    /// <summary>One attempt: the published dataset, or the columns with the wider types that they need.</summary>
    async Task<(Dataset? Dataset, SourceColumn[] Wider)> TryWriteAsync(SourceColumn[] columns, DatasetWriter writer, ImportCheckpoint? from,
        Dataset? current, CancellationToken cancellation)
    {
        await using (writer.ConfigureAwait(false))
        {
            var rejected = new RejectedRows(_source, columns, _options, from);
            await using (rejected.ConfigureAwait(false))
            {
                rejected.Check();
                var notes = new ImportNotes(_source, columns, from);
                var attempt = new ImportAttempt(_source, columns, _options, writer, rejected, notes, _optionsHash, current?.Version
                    ?? 0, from, _progress);
                try
                {
                    if (await attempt.RunAsync(cancellation).ConfigureAwait(false) is { } wider)
                    {
                        await rejected.DiscardAsync().ConfigureAwait(false);
                        return (null, wider);
                    }
                    (_rowsWritten, _rowsRejected, _rejectPath) = (writer.Rows, rejected.Count, rejected.Path);
                    _valueWarnings = notes.Warnings();
                    _ratio = attempt.CompressedBytes == 0 ? null : (double)attempt.UncompressedBytes / attempt.CompressedBytes;
                    if (_rowsWritten == 0)
                        throw new RedisMLException("NoRows", ErrorKind.InvalidData,
                            $"No row of '{_source.Name}' fits ({_rowsRejected:N0} rejected); nothing was published.", _source.Name);
                    await rejected.FlushAsync().ConfigureAwait(false);
                    string? label = _options.Label ?? AppendTo(current)?.Label;
                    string fingerprint = await FingerprintAsync(cancellation).ConfigureAwait(false);
                    var dataset = await writer.PublishAsync(
                        current, label, _options.Compression, fingerprint, cancellation, _options.KeepVersions, _options.Replicas)
                            .ConfigureAwait(false);
                    _replicaWarning = writer.Warning;
                    WorkLog.Steps?.Step($"Version {dataset.Version} of dataset '{dataset.Name}' is published: {dataset.Rows:N0} rows in " +
                        $"{dataset.Chunks:N0} {(dataset.Chunks == 1 ? "chunk" : "chunks")} of {dataset.StoredBytes:N0} bytes.");
                    return (dataset, columns);
                }
                catch (Exception e) when (_source.CanReread && BreaksOff(e))
                {
                    await TryKeepAsync(writer, attempt).ConfigureAwait(false);
                    if (await ExplainAsync(e, attempt, writer).ConfigureAwait(false) is { } error) throw error;
                    throw;
                }
            }
        }
    }

    /// <summary>Whether the same import may well get further next time.</summary>
    static bool BreaksOff(Exception e) => e is OperationCanceledException or RedisException or TimeoutException or IOException;

    /// <summary>Keeps what was written; with its last checkpoint, where the server still takes one.</summary>
    static async Task TryKeepAsync(DatasetWriter writer, ImportAttempt attempt)
    {
        using var brief = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try { await attempt.EndAsync(brief.Token).ConfigureAwait(false); }
        catch (Exception e) when (BreaksOff(e) || e is RedisMLException) { }
        if (writer.Rows > 0) writer.KeepForResume();
    }

    /// <summary>What a later try with -Resume will find: the server is asked, since it may have lost what it had acknowledged.</summary>
    /// <returns>The rows; 0 where there is nothing to go on with, null where the server doesn't say.</returns>
    async Task<long?> ResumableRowsAsync(DatasetWriter writer)
    {
        if (writer.Rows == 0) return 0;
        using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            if (await writer.CheckpointFoundAsync(brief.Token).ConfigureAwait(false) is not { } json) return 0;
            var state = ImportCheckpoint.Read(_options.Dataset, _connection.Keys.Journal(writer.Journal.ImportId)!, json).Writer;
            return await writer.IsWholeAsync(state, brief.Token).ConfigureAwait(false) ? state.Rows : 0;
        }
        catch (Exception e) when (BreaksOff(e))
        {
            return null;
        }
    }

    /// <summary>What the server's error means for the import; null for an exception that isn't one.</summary>
    async Task<RedisMLException?> ExplainAsync(Exception e, ImportAttempt attempt, DatasetWriter writer)
    {
        if (_connection.Explain(e) is not { } error) return null;
        long? kept = await ResumableRowsAsync(writer).ConfigureAwait(false);
        string missing = error.ErrorId == "RedisOutOfMemory" ? await ServerMemory.LimitAsync(_connection).ConfigureAwait(false) : "";
        if (missing != "" && writer.Rows > 0 && _source.Length is { } length)
            missing =
                $" About {Math.Ceiling(writer.StoredBytes * ((double)length / attempt.SourceBytes - 1) / 1e6):N0} MB more are " +
                $"needed.{missing}";
        string next = kept switch
        {
            0 => "",
            { } rows => $" {rows:N0} rows are kept for a day: the same command with -Resume goes on behind them.",
            null => $" The server doesn't say whether the {writer.Rows:N0} rows that it took are still there: the same command with " +
                "-Resume goes on " +
                "behind those that are, or starts anew.",
        };
        return new(error.ErrorId, error.Kind, $"{error.Message}{missing} Nothing was published.{next}", error.Target, e);
    }
}
