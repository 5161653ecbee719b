using System.Text;
using System.Text.Unicode;
using CsvHelper;
using RedisML.Datasets;

namespace RedisML.Formats.Csv;

/// <summary>What the start of a CSV file tells: its dialect, its columns, and what the first rows look like.</summary>
/// <param name="Names">The columns' names, trimmed; a repeated one gets a number, an empty one its position.</param>
/// <param name="DataStart">Where the first record after the header starts.</param>
/// <param name="HeaderLines">Line breaks before it.</param>
/// <param name="Sample">Whole records from there.</param>
sealed record CsvHead(CsvDialect Dialect, IReadOnlyList<string> Names, int DataStart, long HeaderLines, ReadOnlyMemory<byte> Sample)
{
    const int SampleBytes = 1 << 20;

    /// <summary>Reads the head of a file.</summary>
    /// <exception cref="RedisMLException"><c>NotText</c>, <c>HeaderOnly</c>, <c>RecordTooLong</c>.</exception>
    public static async Task<CsvHead> ReadAsync(SourceFile file, IReadOnlyList<string> nullValues, CancellationToken cancellation)
    {
        var bytes = await file.ReadStartAsync(SampleBytes, cancellation).ConfigureAwait(false);
        if (bytes.Span.Contains((byte)0))
            throw new RedisMLException("NotText", ErrorKind.InvalidData,
                $"'{file.Path}' isn't a CSV file in UTF-8: it has zero bytes, as a binary file or UTF-16 text has.", file.Path);
        bool complete = bytes.Length < SampleBytes;
        byte lineBreak = bytes.Span.Contains((byte)'\n') ? (byte)'\n' : (byte)'\r';
        using var reader = CsvReader.Create(bytes, CsvReaderOptions.Default);
        reader.ReadHeader();
        var dialect = new CsvDialect(reader.Separator, lineBreak, [.. nullValues.Select(v => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(v))]);
        if (reader.Headers.Count == 0 || !reader.Read())
            throw new RedisMLException("HeaderOnly", ErrorKind.InvalidData, $"'{file.Path}' has a header and no rows.", file.Path);
        int start = (int)reader.ByteOffset;
        var data = bytes[start..];
        int border = complete ? data.Length : dialect.LastBorder(data.Span);
        if (border == 0)
            throw new RedisMLException("RecordTooLong", ErrorKind.LimitsExceeded,
                $"'{file.Path}': the first record is longer than {SampleBytes >> 20} MB. Is a closing quote missing, or is this not a CSV file?", file.Path);
        return new(dialect, ColumnNames.Of(reader.Headers), start, bytes.Span[..start].Count(lineBreak), data[..border]);
    }
}
