using System.Globalization;
using System.Text;
using CsvHelper;

namespace RedisML.Formats.Csv;

/// <summary>The form of a file of rejected rows: four columns that say where each came from and why, then the record as it stood.</summary>
/// <remarks>The four come first, so that a record keeps its place whatever is wrong with it. An import leaves them out.</remarks>
static class CsvRejects
{
    static readonly string[] s_columns = ["_line", "_column", "_value", "_reason"];

    /// <summary>Whether a file with these columns is one of rejected rows.</summary>
    public static bool IsOne(IReadOnlyList<string> names) =>
        names.Count > s_columns.Length && names.Take(s_columns.Length).SequenceEqual(s_columns);

    /// <summary>The names of the record's own columns.</summary>
    public static IReadOnlyList<string> OwnNames(IReadOnlyList<string> names) => [.. names.Skip(s_columns.Length)];

    public static byte[] Header(CsvDialect dialect, IReadOnlyList<string> names) => Line(dialect, [.. s_columns, .. names], []);

    public static byte[] Row(CsvDialect dialect, BadRow bad, long line, string column, string reason) =>
        Line(dialect, [line.ToString(CultureInfo.InvariantCulture), column, bad.Value, reason], bad.Record.Span);

    /// <summary>The records without the four columns.</summary>
    public static byte[] Strip(ReadOnlyMemory<byte> records, CsvDialect dialect)
    {
        var result = new byte[records.Length];
        int length = 0;
        using var reader = CsvReader.Create(records, dialect.ReaderOptions with { OnMalformedRecord = _ => { } });
        bool more = reader.Read();
        while (more)
        {
            int start = (int)reader.ByteOffset;
            more = reader.Read();
            var record = records.Span[start..(more ? (int)reader.ByteOffset : records.Length)];
            for (int i = 0; i < s_columns.Length; i++) record = record[FieldLength(record, dialect.Separator)..];
            record.CopyTo(result.AsSpan(length));
            length += record.Length;
        }
        return result[..length];
    }

    /// <summary>Bytes of the first field with the separator behind it.</summary>
    static int FieldLength(ReadOnlySpan<byte> record, char separator)
    {
        bool quoted = false;
        for (int i = 0; i < record.Length; i++)
        {
            if (record[i] == '"') quoted = !quoted;
            else if (record[i] == separator && !quoted) return i + 1;
        }
        return record.Length;
    }

    static byte[] Line(CsvDialect dialect, IReadOnlyList<string> fields, ReadOnlySpan<byte> record)
    {
        var text = string.Join(dialect.Separator, fields.Select(f => Quoted(f, dialect.Separator)));
        if (!record.IsEmpty) text += dialect.Separator;
        return [.. Encoding.UTF8.GetBytes(text), .. record, (byte)'\n'];
    }

    static string Quoted(string field, char separator)
    {
        field = field.ReplaceLineEndings(" ");
        return field.Contains(separator) || field.Contains('"') ? $"\"{field.Replace("\"", "\"\"")}\"" : field;
    }
}
