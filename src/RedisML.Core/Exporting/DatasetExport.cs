using System.Diagnostics;
using System.IO.Compression;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Formats.Arrow;
using RedisML.Formats.Csv;
using RedisML.Formats.Json;
using RedisML.Formats;
using RedisML.Processes;

namespace RedisML.Exporting;

/// <summary>Writes the rows of a dataset to a file.</summary>
public sealed class DatasetExport(RedisMLConnection connection)
{
    const int FileBuffer = 1 << 20;

    /// <summary>The format and the compression that a file's name tells.</summary>
    /// <exception cref="RedisMLException"><c>UnknownFormat</c></exception>
    public static (ExportFormat Format, FileCompression Compression) FormatOf(string path, ExportFormat? given)
    {
        var compression = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".gz" => FileCompression.Gzip,
            ".zst" or ".zstd" => FileCompression.Zstandard,
            _ => FileCompression.None,
        };
        string name = compression == FileCompression.None ? path : Path.GetFileNameWithoutExtension(path);
        return (given ?? Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" or ".txt" => ExportFormat.Csv,
            ".arrow" or ".feather" or ".ipc" => ExportFormat.Arrow,
            ".arrows" => ExportFormat.ArrowStream,
            ".parquet" => ExportFormat.Parquet,
            ".jsonl" or ".ndjson" or ".json" => ExportFormat.JsonLines,
            var extension => throw new RedisMLException("UnknownFormat", ErrorKind.InvalidArgument,
                $"The extension '{extension}' tells no format; give -Format, or one of .csv, .tsv, .arrow, .arrows, .parquet, .jsonl, " +
                "with .gz or .zst behind it.", path),
        }, compression);
    }

    /// <summary>Writes beside the file and moves it there when it is whole; a break leaves what was there before.</summary>
    /// <param name="rows">Told the rows written so far.</param>
    /// <exception cref="RedisMLException"><c>FileExists</c>, <c>FileWriteFailed</c>, <c>UnknownFormat</c>, <c>ColumnNotFound</c>,
    /// <c>ExtensionNotInstalled</c>, <c>FormulaNeedsCsv</c>; those of <see cref="TargetFile.Resolve"/>, and of
    /// <see cref="DatasetReader"/>.</exception>
    public async Task<ExportResult> RunAsync(Dataset dataset, ExportOptions options, IProgress<long>? rows, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (format, compression) = FormatOf(options.Path, options.Format);
        var columns = options.Columns.Count == 0 ? [.. Enumerable.Range(0, dataset.Columns.Count)]
            : options.Columns.Select(name => dataset.Columns.ToList().IndexOf(dataset.Column(name))).ToArray();
        string target = CheckTarget(options);
        if (options.NeutralizeFormula && format != ExportFormat.Csv)
        {
            throw new RedisMLException("FormulaNeedsCsv", ErrorKind.InvalidArgument,
                $"-NeutralizeFormula is for CSV, and not for {format}: its texts are no formulas.", options.Path);
        }
        using var temporary = new TemporaryFile($"{target}.{Guid.NewGuid():n}.tmp");
        try
        {
            long written = await WriteAsync(dataset, options, format, compression, columns, temporary.Path, rows, cancellation)
                .ConfigureAwait(false);
            if (options.Force && File.Exists(target)) File.SetAttributes(target, FileAttributes.Normal);
            PrivateFile.Publish(temporary.Path, target, overwrite: !options.NoClobber);
            return new(dataset.Name, dataset.Version, options.Path, format, written, new FileInfo(target).Length, clock.Elapsed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RedisMLException("FileWriteFailed", ErrorKind.WriteError, $"'{options.Path}' can't be written: {e.Message}",
                options.Path, e);
        }
    }

    async Task<long> WriteAsync(Dataset dataset, ExportOptions options, ExportFormat format, FileCompression compression,
        int[] columns, string path, IProgress<long>? rows, CancellationToken cancellation)
    {
        long written = 0;
        var schema = columns.Select(i => dataset.Columns[i].Schema).ToList();
        var filtered = options.Filter is null
            ? null : new FilteredRows(new(options.Filter, dataset), schema, columns, options.Skip, options.First);
        var file = PrivateFile.Open(path, FileMode.CreateNew, FileShare.None, FileBuffer, isAsync: true);
        await using (file.ConfigureAwait(false))
        {
            Stream content = compression switch
            {
                FileCompression.Gzip => new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true),
                FileCompression.Zstandard => new ZstdSharp.CompressionStream(file, leaveOpen: true),
                _ => file,
            };
            await using (content.ConfigureAwait(false))
            {
                RowWriter writer = format switch
                {
                    ExportFormat.Csv => new CsvRowWriter(content, schema,
                        options.Path.Contains(".tsv", StringComparison.OrdinalIgnoreCase) && options.Delimiter == ',' ? '\t'
                            : options.Delimiter,
                        options.NeutralizeFormula),
                    ExportFormat.JsonLines => new JsonRowWriter(content, schema),
                    ExportFormat.Arrow or ExportFormat.ArrowStream =>
                        new ArrowRowWriter(new PositionStream(content), schema, isStream: format == ExportFormat.ArrowStream),
                    _ => new FileFormatWriter(FileFormats.Get(format.ToString(), options.Path), content, schema),
                };
                await using (writer.ConfigureAwait(false))
                {
                    // Without a condition the places of the first row and the last are known.
                    var (skip, first) = filtered is null ? (options.Skip, options.First) : (0, long.MaxValue);
                    await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, skip, first, cancellation)
                        .ConfigureAwait(false))
                        using (chunk)
                        {
                            if (filtered is not null)
                            {
                                var (wanted, count) = filtered.Take(chunk);
                                if (count > 0) await writer.WriteAsync(wanted, 0, count, cancellation).ConfigureAwait(false);
                                rows?.Report(written += count);
                                if (filtered.IsComplete) break;
                                continue;
                            }
                            var (from, to) = chunk.Within(skip, first);
                            if (to == from) continue;
                            await writer.WriteAsync([.. columns.Select(chunk.Batch.Column)], from, to - from, cancellation)
                                .ConfigureAwait(false);
                            written += to - from;
                            rows?.Report(written);
                        }
                    await writer.EndAsync(cancellation).ConfigureAwait(false);
                }
            }
        }
        return written;
    }

    /// <summary>Where the file lies: where a link at its place leads.</summary>
    static string CheckTarget(ExportOptions options)
    {
        string target = TargetFile.Resolve(options.Path);
        var file = new FileInfo(target);
        if (file.Exists && options.NoClobber)
            throw new RedisMLException("FileExists", ErrorKind.ResourceExists, $"'{options.Path}' exists already, and -NoClobber keeps it.",
                options.Path);
        if (file is { Exists: true, IsReadOnly: true } && !options.Force)
            throw new RedisMLException("FileWriteFailed", ErrorKind.WriteError, $"'{options.Path}' is read-only; use -Force to replace it.",
                options.Path);
        return target;
    }
}
