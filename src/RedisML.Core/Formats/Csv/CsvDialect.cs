using CsvHelper;
using RedisML.Formats.Text;

namespace RedisML.Formats.Csv;

/// <summary>How a CSV file is written: what CsvHelper and the scanner for record borders must agree on.</summary>
/// <param name="Separator">What separates fields, an ASCII character.</param>
/// <param name="LineBreak">What ends a record: LF, also after CR; CR in files that have no LF.</param>
/// <param name="NullValues">What stands for a missing value, besides an empty field.</param>
sealed record CsvDialect(char Separator, byte LineBreak, ReadOnlyMemory<byte>[] NullValues)
{
    /// <summary>What lines start with that are passed over; null for none.</summary>
    public char? Comment { get; init; }

    /// <summary>How numbers are written; null for a decimal point and no groups.</summary>
    public NumberCulture? Culture { get; init; }

    /// <summary>Whether the usual spellings of a missing value are such in columns of numbers and times:
    /// where nobody said what is.</summary>
    public bool TakesUsualMissing => NullValues.Length == 0;

    public CsvReaderOptions ReaderOptions => new()
    {
        Separator = Separator,
        CommentPrefix = Comment,
        HasHeader = false,
    };

    public bool IsNull(ReadOnlySpan<byte> field) => field.IsEmpty || NullValues.Length > 0 && MissingText.IsNamed(field, NullValues);

    /// <summary>Whether the current record has so many fields, or ends in a separator behind them.</summary>
    public bool HasFields(CsvReader reader, int count) => reader.FieldCount == count || EndsInSeparator(reader, count);

    bool EndsInSeparator(CsvReader reader, int count) =>
        reader.FieldCount == count + 1 && reader.GetSpan(count).IsEmpty && reader.RawRecord.TrimEnd("\r\n"u8) is [.., var last]
            && last == Separator;

    /// <summary>Where the last complete record of <paramref name="block"/> ends, or 0 where there is none.</summary>
    /// <param name="block">Starts where a record starts.</param>
    /// <remarks>As in RFC 4180: a quote opens a quoted field only at its start, a doubled quote within doesn't close it.</remarks>
    public int LastBorder(ReadOnlySpan<byte> block)
    {
        const byte quote = (byte)'"';
        int border = 0, at = 0;
        while (true)
        {
            int next = block[at..].IndexOf(quote);
            int lineBreak = (next < 0 ? block[at..] : block.Slice(at, next)).LastIndexOf(LineBreak);
            if (lineBreak >= 0) border = at + lineBreak + 1;
            if (next < 0) return border;
            at += next;
            bool opens = at == 0 || block[at - 1] == Separator || block[at - 1] is (byte)'\n' or (byte)'\r';
            at++;
            while (opens)
            {
                int close = block[at..].IndexOf(quote);
                if (close < 0) return border;
                at += close + 1;
                if (at == block.Length || block[at] != quote) break;
                at++;
            }
        }
    }
}
