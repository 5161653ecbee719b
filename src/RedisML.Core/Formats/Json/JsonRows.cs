using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Formats.Text;

namespace RedisML.Formats.Json;

/// <summary>Reads lines of JSON objects into the columns of a chunk. Every value goes by its text: a number by its digits,
/// a list by its brackets.</summary>
sealed class JsonRows
{
    const int MaxShownValue = 60;
    const int Unknown = -1, LeftOut = -2;

    readonly IReadOnlyList<SourceColumn> _schema;
    readonly ChunkBuilder _builder;
    readonly ValueNotes _notes;
    readonly JsonMissing _missing;
    readonly TextValue?[] _values;
    readonly byte[][] _names;
    readonly Dictionary<string, int> _columns;
    readonly int[] _written;
    Misfits _misfits = new();
    int _line;
    byte[] _unescaped = new byte[256];

    /// <param name="columns">A column without a type takes no value.</param>
    /// <param name="names">What the objects call the columns.</param>
    /// <param name="leftOut">Names that are passed over.</param>
    public JsonRows(IReadOnlyList<SourceColumn> columns, IReadOnlyList<string> names, ChunkBuilder builder, ValueNotes notes,
        JsonMissing missing, IEnumerable<string> leftOut)
    {
        (_schema, _builder, _notes, _missing) = (columns, builder, notes, missing);
        _values = [.. columns.Select((c, i) => c.Type is { } type ? TextValue.Create(type, builder.Columns[i], c.Inferred) : null)];
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        _columns = names.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i, StringComparer.Ordinal);
        foreach (var name in leftOut) _columns.Add(name, LeftOut);
        _written = new int[columns.Count];
    }

    /// <summary>Appends the lines of a block; empty ones are passed over.</summary>
    public void Append(ReadOnlyMemory<byte> block, IReadOnlySet<int> left, List<BadRow> bad)
    {
        int number = 0, start = 0;
        var bytes = block.Span;
        bool valid = Utf8.IsValid(bytes), hasConstants = JsonConstants.MayBeIn(bytes);
        System.Array.Fill(_written, _line = 0);
        _misfits = new();
        while (start < bytes.Length)
        {
            int length = bytes[start..].IndexOf((byte)'\n') is var found && found < 0 ? bytes.Length - start : found;
            var line = bytes.Slice(start, length).Trim(" \t\r"u8);
            start += length + 1;
            int current = number++;
            if (line.IsEmpty || left.Contains(current)) continue;
            _line++;
            var wrong = valid || Utf8.IsValid(line)
                ? AppendLine(hasConstants ? JsonConstants.Quoted(line, _missing.TakesUsual) : line, current)
                : Fill(Malformed(current, "bytes that aren't UTF-8 (-Encoding names another, such as latin1 or windows-1252)", line));
            if (wrong is { } row) bad.Add(row with { Record = line.ToArray() });
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    BadRow? AppendLine(ReadOnlySpan<byte> line, int number)
    {
        BadRow? bad = null;
        int next = 0, column = Unknown;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return Fill(Malformed(number, "no JSON object", line));
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                column = Unknown;
                column = Find(ref reader, ref next);
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
                if (isNull || isText && IsMissing(column, text, number)) _builder.Columns[column].AppendNull();
                else if (_values[column]?.TryAppend(text) != true)
                {
                    _builder.Columns[column].AppendNull();
                    var misfit = new BadRow(number + 1, column, Shown(text), "", TypeOf(text, isText));
                    if (bad is null) bad = misfit;
                    else _misfits.Add(misfit);
                }
                else if (_schema[column].Almost is { } almost && ColumnType.Union(almost, TypeOf(text, isText)) == ColumnType.Utf8)
                {
                    _notes.Add(column, NoteKind.Misfit, text, number + 1);
                }
            }
            if (reader.Read()) bad ??= Malformed(number, "more than one JSON value", line);
        }
        catch (JsonException e)
        {
            bad = Malformed(number, $"no JSON object ({e.Message.Split(". ")[0]})", line);
        }
        catch (InvalidOperationException)
        {
            // What the reader says of half a character outside of the basic plane, such as \ud83d alone.
            bad = new(number + 1, Math.Max(column, -1), Shown(line), "has half of a character (a lone surrogate)", ColumnType.Utf8);
        }
        return Fill(bad is null ? null : _misfits.TakeWith(bad));
    }

    bool IsMissing(int column, ReadOnlySpan<byte> text, int number)
    {
        if (_missing.IsNamed(text)) return true;
        if (!_missing.IsUsual(text) || _schema[column].Type is { } type && !type.IsNumeric && !type.IsTime) return false;
        _notes.Add(column, NoteKind.TakenForMissing, text, number + 1);
        return true;
    }

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

    /// <summary>The narrowest type of a value: text in quotes is a date, a timestamp, an infinity as exports write it, or text,
    /// and never another number.</summary>
    public static ColumnType TypeOf(ReadOnlySpan<byte> text, bool isText)
    {
        if (!isText && text is [(byte)'[', ..]) return TypeOfList(text);
        var type = TextValue.TypeOf(text);
        bool isInfinity = isText && type.Kind == TypeKind.Float64
            && (text.SequenceEqual("Infinity"u8) || text.SequenceEqual("-Infinity"u8));
        return !isText || isInfinity || type.Kind is TypeKind.Date32 or TypeKind.Timestamp ? type : ColumnType.Utf8;
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
        return element is null ? ColumnType.List(TypeKind.Float64) : element.Value.Kind <= TypeKind.Float64
            ? ColumnType.List(element.Value.Kind) : ColumnType.Utf8;
    }

    static BadRow Malformed(int number, string reason, ReadOnlySpan<byte> value) =>
        new(number + 1, -1, Shown(value), reason, ColumnType.Utf8);

    static string Shown(ReadOnlySpan<byte> value) =>
        value.Length <= MaxShownValue ? Encoding.UTF8.GetString(value) : Encoding.UTF8.GetString(value[..MaxShownValue]) + "…";
}
