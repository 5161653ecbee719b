using System.Buffers;
using CsvHelper;
using RedisML.Formats.Text;

namespace RedisML.Formats.Csv;

/// <summary>Tells whether runs of blanks separate the fields of a text.</summary>
static class WhitespaceText
{
    const int MaxLines = 100;

    /// <summary>
    /// Whether nothing else separates the header, every line has as many fields between blanks as it, two or more, and one of the
    /// columns at least is of numbers or times: what sentences aren't.
    /// </summary>
    /// <param name="start">Of the file; its last line may be cut off.</param>
    public static bool IsLikely(ReadOnlySpan<byte> start, SourceOptions options)
    {
        if (options.Delimiter is not null || options.Escape is not null) return false;
        int end = start.IndexOfAny((byte)'\n', (byte)'\r');
        var header = end < 0 ? start : start[..end];
        if (header.IndexOfAny(",;|\t"u8) >= 0 || !header.Trim(" \r"u8).Contains((byte)' ')) return false;
        int border = start.LastIndexOf((byte)'\n') + 1;
        var rewritten = new ArrayBufferWriter<byte>();
        var rewriter = new WhitespaceRewriter();
        rewriter.Rewrite(border == 0 ? start : start[..border], rewritten);
        rewriter.End(rewritten);
        using var reader = CsvReader.Create(rewritten.WrittenMemory,
            new CsvReaderOptions { Separator = WhitespaceRewriter.Separator, CommentPrefix = options.Comment, HasHeader = false });
        int rows = 0, columns = options.Header?.Count ?? 0;
        TypeSample[] samples = [];
        while (rows <= MaxLines && reader.Read())
        {
            if (columns == 0) columns = reader.FieldCount;
            if (columns < 2 || reader.FieldCount != columns) return false;
            if (samples.Length == 0) samples = [.. Enumerable.Range(0, columns).Select(_ => new TypeSample())];
            if (rows++ == 0 && options.Header is null) continue;
            for (int i = 0; i < columns; i++)
                if (!MissingText.IsUsual(reader.GetSpan(i))) samples[i].Add(TextValue.TypeOf(reader.GetSpan(i)));
        }
        return samples.Any(s => s.Type is { } type && (type.IsNumeric || type.IsTime));
    }

    /// <summary>What separates the fields of a text, as the first lines show.</summary>
    public static char SeparatorOf(ReadOnlyMemory<byte> start, SourceOptions options)
    {
        if (options.Delimiter is { } given) return given;
        using var reader = CsvReader.Create(start, new CsvReaderOptions { CommentPrefix = options.Comment, HasHeader = false });
        reader.Read();
        return reader.Separator is > '\0' and < '\u0080' and var separator ? separator : ',';
    }
}
