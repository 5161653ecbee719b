using RedisML.Datasets.Importing;
using RedisML.Formats.Arrow;
using RedisML.Formats.Csv;
using RedisML.Formats.Json;
using RedisML.Formats.Parquet;

namespace RedisML.Formats;

/// <summary>Opens files as sources, each by what its content shows it to be.</summary>
static class SourceFormat
{
    const int StartLength = 256;

    /// <exception cref="RedisMLException">Those of <see cref="SourceFile.Open"/>; <c>SourceCorrupt</c>.</exception>
    public static async Task<ImportSource> OpenAsync(string path, ImportOptions options, CancellationToken cancellation)
    {
        var file = SourceFile.Open(path);
        ReadOnlyMemory<byte> start;
        try
        {
            start = await file.ReadStartAsync(StartLength, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new RedisMLException("SourceCorrupt", ErrorKind.InvalidData, $"'{path}' can't be inflated: {e.Message}", path, e);
        }
        return start.Span switch
        {
            _ when start.Span.StartsWith("ARROW1"u8) => new ArrowSource(file, isStream: false),
            _ when start.Span.StartsWith("PAR1"u8) => new ParquetSource(file),
            [0xFF, 0xFF, 0xFF, 0xFF, ..] => new ArrowSource(file, isStream: true),
            _ when IsJsonObject(start.Span) => new JsonLinesSource(file),
            _ => new CsvSource(file, options.NullValues),
        };
    }

    /// <summary>A brace followed by a name in quotes, or by the closing one.</summary>
    static bool IsJsonObject(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) start = start[3..];
        start = start.TrimStart(" \t\r\n"u8);
        return start is [(byte)'{', ..] && start[1..].TrimStart(" \t\r\n"u8) is [(byte)'"' or (byte)'}', ..];
    }
}
