using System.Globalization;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using RedisML.Errors;

namespace RedisML.Formats.Csv;

/// <summary>What the start of a CSV file tells: its dialect, its columns, and what the first rows look like.</summary>
/// <param name="Names">The columns' names, trimmed; a repeated one gets a number, an empty one its position.</param>
/// <param name="DataStart">Where the first record after the header starts.</param>
/// <param name="HeaderLines">How many line breaks come before that record.</param>
/// <param name="Sample">Whole records from that place on.</param>
sealed record CsvHead(CsvDialect Dialect, IReadOnlyList<string> Names, int DataStart, long HeaderLines, ReadOnlyMemory<byte> Sample)
{
    const int SampleBytes = 1 << 20;

    /// <summary>Reads the head of a file.</summary>
    /// <exception cref="RedisMLException"><c>NotText</c>, <c>HeaderOnly</c> (not even a header), <c>HeaderMismatch</c>,
    /// <c>RecordTooLong</c>.</exception>
    public static async Task<CsvHead> ReadAsync(SourceFile file, SourceOptions options, CancellationToken cancellation)
    {
        for (int count = SampleBytes; count <= PartReader.MaxRecordBytes; count *= 2)
            if (Read(file, options, await file.ReadStartAsync(count, cancellation).ConfigureAwait(false), count) is { } head) return head;
        throw new RedisMLException("RecordTooLong", ErrorKind.LimitsExceeded,
            $"'{file.Name}': the first record is longer than {PartReader.MaxRecordBytes >> 20} MB. Is a closing quote missing, or is " +
            "this not a CSV file?", file.Name);
    }

    /// <summary>The head by the first <paramref name="count"/> bytes; null where the first record is longer.</summary>
    static CsvHead? Read(SourceFile file, SourceOptions options, ReadOnlyMemory<byte> bytes, int count)
    {
        if (bytes.Span.Contains((byte)0))
            throw new RedisMLException("NotText", ErrorKind.InvalidData,
                $"'{file.Name}' isn't text in {options.Encoding ?? "UTF-8"}: it has zero bytes, as a binary file has, or UTF-16 without " +
                "a byte order mark (-Encoding utf-16).", file.Name);
        bool complete = bytes.Length < count;
        byte lineBreak = bytes.Span.Contains((byte)'\n') ? (byte)'\n' : (byte)'\r';
        int preamble = PreambleLength(bytes.Span, lineBreak);
        var readerOptions =
            new CsvReaderOptions { Separator = options.Delimiter, CommentPrefix = options.Comment, HasHeader = options.Header is null };
        using var reader = CsvReader.Create(bytes[preamble..], readerOptions);
        if (options.Header is null) reader.ReadHeader();
        bool hasRow = reader.Read();
        var headers = options.Header ?? reader.Headers;
        var dialect = new CsvDialect(reader.Separator, lineBreak,
            [.. options.NullValues.Select(v => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(v))])
        {
            Comment = options.Comment,
            Culture = options.Culture is null ? null : new(CultureInfo.GetCultureInfo(options.Culture)),
        };
        if (headers.Count == 0)
            throw new RedisMLException("HeaderOnly", ErrorKind.InvalidData, $"'{file.Name}' has no header and no rows.", file.Name);
        int start = hasRow ? preamble + (int)reader.ByteOffset : bytes.Length;
        if (options.Header is null && !Utf8.IsValid(bytes.Span[preamble..start]))
            throw new RedisMLException("NotText", ErrorKind.InvalidData, $"'{file.Name}' isn't text in UTF-8: the names of its columns " +
                "have bytes that aren't (-Encoding names another, such as latin1 or windows-1252).", file.Name);
        var data = bytes[start..];
        int border = complete ? data.Length : dialect.LastBorder(data.Span);
        if (border == 0 && !complete) return null;
        if (options.Header is not null && hasRow && !dialect.HasFields(reader, headers.Count))
            throw new RedisMLException("HeaderMismatch", ErrorKind.InvalidArgument,
                $"-Header names {headers.Count} columns, and the first row of '{file.Name}' has {reader.FieldCount} fields.", file.Name);
        ColumnNames.CheckCount(headers.Count, file.Name);
        if (options.Header is null && hasRow && headers is [.., _, ""]
            && IsTrailing(bytes.Span[preamble..start], data[..border], dialect, headers.Count)) headers = [.. headers.SkipLast(1)];
        return new(dialect, ColumnNames.Of(headers), start, bytes.Span[..start].Count(lineBreak), data[..border]);
    }

    /// <summary>The dialect, and what it was found by.</summary>
    public string Describe(SourceFile file, SourceOptions options) =>
        $"fields separated by {NameOf(Dialect.Separator)} "
        + $"({(options.Delimiter is null ? "found in its first lines" : "as -Delimiter says")}), "
        + $"lines ended by {(Dialect.LineBreak == '\n' ? "line feeds" : "carriage returns")}, encoding {file.Encoding?.WebName ?? "utf-8"} "
        + $"({(options.Encoding is null ? file.Encoding is null ? "the default" : "by its byte order mark" : "as -Encoding says")}), "
        + $"{Names.Count:N0} columns named by {(options.Header is null ? "its first line" : "-Header")}; types are taken from "
        + $"{Sample.Length:N0} bytes of its start, and from its middle and end where it is longer.";

    static string NameOf(char separator) => separator == '\t' ? "tabs" : $"'{separator}'";

    /// <summary>The byte order mark and the line <c>#TYPE</c> that Windows PowerShell's Export-Csv starts with.</summary>
    static int PreambleLength(ReadOnlySpan<byte> bytes, byte lineBreak)
    {
        int mark = bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        return bytes[mark..].StartsWith("#TYPE "u8) && bytes.IndexOf(lineBreak) is > 0 and var end ? end + 1 : 0;
    }

    /// <summary>Whether the header ends in a separator as every row does: then there is no column behind it.</summary>
    static bool IsTrailing(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> sample, CsvDialect dialect, int fields)
    {
        if (header.TrimEnd("\r\n"u8) is not [.., var last] || last != dialect.Separator) return false;
        using var reader = CsvReader.Create(sample, dialect.ReaderOptions with { OnMalformedRecord = _ => { } });
        while (reader.Read())
            if (reader.FieldCount == fields && !reader.GetSpan(fields - 1).IsEmpty) return false;
        return true;
    }
}
