using System.Diagnostics;
using System.IO.Hashing;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Datasets.Chunks;
using RedisML.Formats;
using RedisML.Formats.Csv;

namespace RedisML.Datasets.Importing;

/// <summary>Imports a source as a new version of a dataset.</summary>
public sealed class DatasetImport
{
    readonly RedisMLConnection _connection;
    readonly ImportSource _source;
    readonly ImportOptions _options;
    readonly IProgress<ImportProgress>? _progress;
    long _rowsWritten, _rowsRejected;
    string? _rejectPath;

    DatasetImport(RedisMLConnection connection, ImportSource source, ImportOptions options, IProgress<ImportProgress>? progress) =>
        (_connection, _source, _options, _progress) = (connection, source, options, progress);

    /// <summary>Imports a file.</summary>
    /// <inheritdoc cref="RunAsync(RedisMLConnection, ImportSource, ImportOptions, IProgress{ImportProgress}?, CancellationToken)"/>
    public static Task<ImportResult> RunAsync(
        RedisMLConnection connection, string path, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        RunAsync(connection, new CsvSource(SourceFile.Open(path), options.NullValues), options, progress, cancellation);

    /// <summary>Runs an import to its end. Nothing is visible before all of it is, and nothing is left behind where it fails.</summary>
    /// <exception cref="RedisMLException">
    /// <c>BadRow</c> with line, column and value; <c>TooManyBadRows</c>; <c>NoRows</c>; <c>DatasetExists</c>; <c>ColumnNotFound</c>;
    /// <c>SourceCorrupt</c>; those of the source and of <see cref="DatasetStore.PublishAsync"/>.
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
        return new()
        {
            Dataset = _options.Dataset,
            Version = current!.Version,
            RowsRead = _rowsWritten + _rowsRejected,
            RowsWritten = _rowsWritten,
            RejectPath = _rejectPath,
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
        var writer = await DatasetWriter.StartAsync(_connection, _options.Dataset, [.. columns.Select(c => c.Schema)], cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            var rejected = new RejectedRows(_source, columns, _options);
            await using (rejected.ConfigureAwait(false))
            {
                if (await new ImportAttempt(_source, columns, _options, writer, rejected, _progress).RunAsync(cancellation).ConfigureAwait(false) is { } misfit)
                    return (null, misfit);
                (_rowsWritten, _rowsRejected, _rejectPath) = (writer.Rows, rejected.Count, rejected.Path);
            }
            if (_rowsWritten == 0)
                throw new RedisMLException("NoRows", ErrorKind.InvalidData, $"No row of '{_source.Name}' fits ({_rowsRejected:N0} rejected); nothing was published.", _source.Name);
            return (await writer.PublishAsync(current, _options.Label, _options.Compression, fingerprint, cancellation).ConfigureAwait(false), default);
        }
    }
}
