using System.Text;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Formats.Arrow;
using RedisML.Formats.Csv;
using RedisML.Formats.Json;

namespace RedisML.Formats;

/// <summary>Opens files as sources, each by what its content shows it to be.</summary>
static class SourceFormat
{
    const int StartLength = 256;

    /// <summary>Enough lines to see what separates their fields.</summary>
    const int DialectLength = 1 << 14;

    /// <summary>Opens files as one source, the rows of one behind those of the other.</summary>
    /// <param name="paths"><c>-</c> is standard input, which is kept in a temporary file until the result is disposed.</param>
    /// <exception cref="RedisMLException">Those of <see cref="SourceFile.Open"/> and <see cref="FileFormats.Recognize"/>;
    /// <c>SourceCorrupt</c>.</exception>
    public static async Task<OpenedFiles> OpenAsync(IReadOnlyList<string> paths, SourceOptions options, CancellationToken cancellation)
    {
        var kept = new List<StandardInputFile>();
        var sources = new List<RowSource>();
        try
        {
            foreach (var path in paths)
            {
                if (path == StandardInputFile.Path) kept.Add(await StandardInputFile.ReadAsync(cancellation).ConfigureAwait(false));
                var file = path == StandardInputFile.Path ? kept[^1].Open() : SourceFile.Open(path);
                sources.Add(await OpenAsync(file, options, cancellation).ConfigureAwait(false));
                if (WorkLog.Steps is { } log) log.Step($"{file.Name}: {Describe(sources[^1], file)}");
            }
            return new(sources is [var only] ? only : new CombinedSource(sources), kept);
        }
        catch
        {
            foreach (var file in kept) file.Dispose();
            throw;
        }
    }

    static async Task<RowSource> OpenAsync(SourceFile file, SourceOptions options, CancellationToken cancellation)
    {
        try
        {
            var start = await file.ReadStartAsync(StartLength, cancellation).ConfigureAwait(false);
            if (start.Span.StartsWith("ARROW1"u8)) return new ArrowSource(file, isStream: false);
            if (start.Span is [0xFF, 0xFF, 0xFF, 0xFF, ..]) return new ArrowSource(file, isStream: true);
            if (FileFormats.Recognize(start.Span, file.Name) is { } format) return new FileFormatSource(file, format);
            if (EncodingOf(start.Span, options) is { } encoding)
            {
                file = file.In(encoding);
                start = await file.ReadStartAsync(StartLength, cancellation).ConfigureAwait(false);
            }
            bool mayBeJson = options.Delimiter is null && options.Header is null && !options.Whitespace && options.Escape is null;
            if (mayBeJson && IsJsonArray(start.Span)) return new JsonLinesSource(file.Rewritten(() => new JsonArrayRewriter()), options);
            if (mayBeJson && IsJsonObject(start.Span)) return new JsonLinesSource(file, options);
            return await OpenCsvAsync(file, options, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new RedisMLException("SourceCorrupt", ErrorKind.InvalidData, $"'{file.Name}' can't be read: {e.Message}", file.Name, e);
        }
    }

    /// <summary>What a file was taken for.</summary>
    static string Describe(RowSource source, SourceFile file) => source switch
    {
        ArrowSource => "Arrow IPC, by its first bytes",
        JsonLinesSource => "JSON, as it starts with an object or an array of objects",
        CsvSource => "text of fields, as it starts like no other format",
        _ => "the format of its first bytes",
    } + (file.Compression == FileCompression.None ? "" : $", compressed by {file.Compression}")
        + (file.Length is { } length ? $"; {length:N0} bytes." : ".");

    /// <summary>CSV, or a text that becomes such while it is read.</summary>
    static async Task<CsvSource> OpenCsvAsync(SourceFile file, SourceOptions options, CancellationToken cancellation)
    {
        var start = await file.ReadStartAsync(DialectLength, cancellation).ConfigureAwait(false);
        if (options.Escape is { } escape)
        {
            char separator = WhitespaceText.SeparatorOf(start, options);
            return new(file.Rewritten(() => new EscapeRewriter((byte)separator, (byte)escape)), options with { Delimiter = separator });
        }
        return options.Whitespace || WhitespaceText.IsLikely(start.Span, options)
            ? new(file.Rewritten(() => new WhitespaceRewriter()), options with { Delimiter = WhitespaceRewriter.Separator })
            : new(file, options);
    }

    /// <summary>The encoding named, or that of the byte order mark; null for UTF-8.</summary>
    static Encoding? EncodingOf(ReadOnlySpan<byte> start, SourceOptions options) => options.Encoding is { } name
        ? DecodedStream.Find(name) is var named && named.CodePage == Encoding.UTF8.CodePage ? null : named
        : start switch
        {
            [0xFF, 0xFE, ..] => DecodedStream.Find("utf-16"),
            [0xFE, 0xFF, ..] => DecodedStream.Find("utf-16BE"),
            _ => null,
        };

    /// <summary>A bracket followed by an object, or by the closing one.</summary>
    static bool IsJsonArray(ReadOnlySpan<byte> start)
    {
        start = WithoutMark(start).TrimStart(" \t\r\n"u8);
        return start is [(byte)'[', ..] && start[1..].TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)']', ..];
    }

    static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? start[3..] : start;

    /// <summary>A brace followed by a name in quotes, or by the closing one.</summary>
    static bool IsJsonObject(ReadOnlySpan<byte> start)
    {
        start = WithoutMark(start).TrimStart(" \t\r\n"u8);
        return start is [(byte)'{', ..] && start[1..].TrimStart(" \t\r\n"u8) is [(byte)'"' or (byte)'}', ..];
    }
}

/// <summary>Files opened as a source. Dispose removes what was kept of standard input.</summary>
sealed record OpenedFiles(RowSource Source, IReadOnlyList<StandardInputFile> Kept) : IDisposable
{
    public void Dispose()
    {
        foreach (var file in Kept) file.Dispose();
    }
}
