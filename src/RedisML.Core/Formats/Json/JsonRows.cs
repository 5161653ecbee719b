using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Formats.Text;

namespace RedisML.Formats.Json;

/// <summary>Reads lines of JSON objects into the columns of a chunk. Every value goes by its text: a number by its digits, a list by its brackets.</summary>
sealed class JsonRows
{
    const int MaxShownValue = 60;
    const int Unknown = -1, LeftOut = -2;

    readonly ChunkBuilder _builder;
    readonly TextValue?[] _values;
    readonly byte[][] _names;
    readonly Dictionary<string, int> _columns;
    readonly int[] _written;
    int _line;
    byte[] _unescaped = new byte[256];

    /// <param name="columns">A column without a type takes no value.</param>
    /// <param name="leftOut">Names that are passed over.</param>
    public JsonRows(IReadOnlyList<SourceColumn> columns, ChunkBuilder builder, IEnumerable<string> leftOut)
    {
        _builder = builder;
        _values = [.. columns.Select((c, i) => c.Type is { } type ? TextValue.Create(type, builder.Columns[i]) : null)];
        _names = [.. columns.Select(c => Encoding.UTF8.GetBytes(c.Name))];
        _columns = columns.Select((c, i) => (c.Name, i)).ToDictionary(c => c.Name, c => c.i, StringComparer.Ordinal);
        foreach (var name in leftOut) _columns.Add(name, LeftOut);
        _written = new int[columns.Count];
    }

    /// <summary>Appends the lines of a block; empty ones are passed over.</summary>
    public void Append(ReadOnlyMemory<byte> block, IReadOnlySet<int> left, List<BadRow> bad)
    {
        int number = 0, start = 0;
        var bytes = block.Span;
        System.Array.Fill(_written, _line = 0);
        while (start < bytes.Length)
        {
            int length = bytes[start..].IndexOf((byte)'\n') is var found && found < 0 ? bytes.Length - start : found;
            var line = bytes.Slice(start, length).Trim(" \t\r"u8);
            start += length + 1;
            int current = number++;
            if (line.IsEmpty || left.Contains(current)) continue;
            _line++;
            if (AppendLine(line, current) is { } row) bad.Add(row with { Record = line.ToArray() });
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    BadRow? AppendLine(ReadOnlySpan<byte> line, int number)
    {
        BadRow? bad = null;
        int next = 0;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return Fill(Malformed(number, "no JSON object", line));
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int column = Find(ref reader, ref next);
                reader.Read();
                int from = (int)reader.TokenStartIndex;
                bool isText = reader.TokenType == JsonTokenType.String, isNull = reader.TokenType == JsonTokenType.Null;
                scoped ReadOnlySpan<byte> text;
                if (isText) text = Unescaped(ref reader);
                else
                {
                    reader.Skip();
                    text = line[from..(int)reader.BytesConsumed];
                }
                if (column < 0)
                {
                    if (!isNull && column == Unknown) bad ??= Malformed(number, "a name that the first lines don't have", text);
                    continue;
                }
                if (_written[column] == _line)
                {
                    bad ??= Malformed(number, $"the name '{Encoding.UTF8.GetString(_names[column])}' twice", line);
                    continue;
                }
                _written[column] = _line;
                if (isNull) _builder.Columns[column].AppendNull();
                else if (_values[column]?.TryAppend(text) != true)
                {
                    _builder.Columns[column].AppendNull();
                    bad ??= new(number + 1, column, Shown(text), "", TypeOf(text, isText));
                }
            }
            if (reader.Read()) bad ??= Malformed(number, "more than one JSON value", line);
        }
        catch (Exception e) when (IsMalformed(e))
        {
            bad = Malformed(number, $"no JSON object ({e.Message.Split(". ")[0]})", line);
        }
        return Fill(bad);
    }

    /// <summary>Whether an exception of the reader tells of the text: of what isn't UTF-8 it tells by another than of what is no JSON.</summary>
    public static bool IsMalformed(Exception e) => e is JsonException or InvalidOperationException;

    /// <summary>What an object lacks is missing.</summary>
    BadRow? Fill(BadRow? bad)
    {
        for (int column = 0; column < _written.Length; column++)
            if (_written[column] != _line) _builder.Columns[column].AppendNull();
        return bad;
    }

    /// <summary>Most objects have their names in one order.</summary>
    int Find(ref Utf8JsonReader reader, ref int next)
    {
        if (next < _names.Length && reader.ValueTextEquals(_names[next])) return next++;
        if (!_columns.TryGetValue(reader.GetString()!, out int column)) return Unknown;
        if (column >= 0) next = column + 1;
        return column;
    }

    ReadOnlySpan<byte> Unescaped(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        if (_unescaped.Length < reader.ValueSpan.Length) _unescaped = new byte[2 * reader.ValueSpan.Length];
        return _unescaped.AsSpan(0, reader.CopyString(_unescaped));
    }

    /// <summary>The narrowest type of a value: text in quotes is a date, a timestamp or text, and never a number.</summary>
    public static ColumnType TypeOf(ReadOnlySpan<byte> text, bool isText)
    {
        if (!isText && text is [(byte)'[', ..]) return TypeOfList(text);
        var type = TextValue.TypeOf(text);
        return !isText || type.Kind is TypeKind.Date32 or TypeKind.Timestamp ? type : ColumnType.Utf8;
    }

    static ColumnType TypeOfList(ReadOnlySpan<byte> text)
    {
        ColumnType? element = null;
        var reader = new Utf8JsonReader(text);
        for (reader.Read(); reader.Read() && reader.TokenType != JsonTokenType.EndArray;)
        {
            if (reader.TokenType == JsonTokenType.Null) continue;
            if (reader.TokenType != JsonTokenType.Number) return ColumnType.Utf8;
            element = ColumnType.Union(element, TextValue.TypeOf(reader.ValueSpan));
        }
        return element is null ? ColumnType.List(TypeKind.Float64) : element.Value.Kind <= TypeKind.Float64 ? ColumnType.List(element.Value.Kind) : ColumnType.Utf8;
    }

    static BadRow Malformed(int number, string reason, ReadOnlySpan<byte> value) => new(number + 1, -1, Shown(value), reason, ColumnType.Utf8);

    static string Shown(ReadOnlySpan<byte> value) =>
        value.Length <= MaxShownValue ? Encoding.UTF8.GetString(value) : Encoding.UTF8.GetString(value[..MaxShownValue]) + "…";
}
