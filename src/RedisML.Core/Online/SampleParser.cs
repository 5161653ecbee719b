using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RedisML.Columns;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>Reads samples: JSON objects, or the fields of a stream's entries. It allocates nothing, but for a sample that isn't one.
/// </summary>
/// <remarks>A number may be text; null, and an empty text, is a missing value; columns of other names are passed over.</remarks>
sealed class SampleParser
{
    readonly SampleColumn[] _columns;
    readonly byte[][] _names;

    /// <summary>The place that came after each place the last time: samples of one writer have their columns in one order.</summary>
    readonly int[] _next;
    readonly byte[] _scratch = new byte[OnlineLimits.TextBytes];

    /// <summary>Of this column and below, all have to be there; those behind are the label's and the key's.</summary>
    readonly int _required;

    /// <param name="columns">The columns, and behind them the label, and the key where there is one.</param>
    /// <param name="required">How many of the first a sample must have.</param>
    public SampleParser(IEnumerable<SampleColumn> columns, int required)
    {
        _columns = [.. columns];
        _required = required;
        _names = [.. _columns.Select(column => Encoding.UTF8.GetBytes(column.Name))];
        _next = [.. Enumerable.Range(1, _columns.Length).Append(0)];
        _next[_columns.Length - 1] = 0;
        Row = new(_columns.Length);
    }

    public SampleRow Row { get; }

    /// <summary>Reads a JSON object into <see cref="Row"/>.</summary>
    /// <returns>Null; or what is wrong with it.</returns>
    public string? Read(ReadOnlySpan<byte> json)
    {
        Row.Clear();
        if (json.Length > OnlineLimits.SampleBytes) return $"A sample has up to {OnlineLimits.SampleBytes:N0} bytes";
        try
        {
            var reader = new Utf8JsonReader(json);
            return ReadObject(ref reader) ?? FindAbsent();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return "It isn't the JSON of an object";
        }
    }

    /// <summary>Reads the fields of an entry into <see cref="Row"/>.</summary>
    /// <returns>Null; or what is wrong with them.</returns>
    public string? Read(NameValueEntry[] fields)
    {
        Row.Clear();
        int place = _columns.Length;
        foreach (var field in fields)
        {
            int found = PlaceOf(((ReadOnlyMemory<byte>)field.Name).Span, place);
            if (found < 0) continue;
            place = found;
            if (Set(place, JsonTokenType.String, ((ReadOnlyMemory<byte>)field.Value).Span) is { } problem) return problem;
        }
        return FindAbsent();
    }

    string? ReadObject(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        int place = _columns.Length;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int found = PlaceOf(Unescaped(ref reader, "name", out var problem), place);
            if (problem is not null) found = -1; // A name so long is no column's.
            reader.Read();
            if (found < 0)
            {
                reader.Skip();
                continue;
            }
            place = found;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                return $"'{_columns[place].Name}' is no value";
            var value = Unescaped(ref reader, _columns[place].Name, out problem);
            if ((problem ?? Set(place, reader.TokenType, value)) is { } wrong) return wrong;
        }
        // Behind the object there is nothing more.
        if (reader.TokenType != JsonTokenType.EndObject || reader.Read()) throw new JsonException();
        return null;
    }

    /// <summary>The text of a token; one that is escaped goes by way of the scratch.</summary>
    ReadOnlySpan<byte> Unescaped(ref Utf8JsonReader reader, string name, out string? problem)
    {
        problem = null;
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        if (reader.ValueSpan.Length <= _scratch.Length) return _scratch.AsSpan(0, reader.CopyString(_scratch));
        problem = TooLong(name);
        return default;
    }

    int PlaceOf(ReadOnlySpan<byte> name, int previous)
    {
        int guess = _next[previous];
        if (name.SequenceEqual(_names[guess])) return guess;
        for (int place = 0; place < _names.Length; place++)
        {
            if (!name.SequenceEqual(_names[place])) continue;
            _next[previous] = place;
            return place;
        }
        return -1;
    }

    string? Set(int place, JsonTokenType token, ReadOnlySpan<byte> value)
    {
        var column = _columns[place];
        if (token == JsonTokenType.Null || value.IsEmpty)
        {
            Row.SetMissing(place);
            return null;
        }
        if (column.Type.IsText) return SetText(place, value);
        if (!TryNumber(token, value, column.Type, out double number)) return $"'{TextOf(value)}' in '{column.Name}' is no {column.Type}";
        if (column.Kind == SampleColumnKind.Number)
        {
            Row.SetNumber(place, number);
            return null;
        }
        // As Categories.Format has it: 5 and 5.0 are one level, and so are −0 and 0.
        if (column.Type == ColumnType.Boolean) return SetText(place, number == 0 ? "false"u8 : "true"u8);
        Span<byte> level = stackalloc byte[32];
        (number + 0.0).TryFormat(level, out int length, "R", CultureInfo.InvariantCulture);
        return SetText(place, level[..length]);
    }

    string? SetText(int place, ReadOnlySpan<byte> text)
    {
        if (text.Length > OnlineLimits.TextBytes) return TooLong(_columns[place].Name);
        if (!Utf8.IsValid(text)) return $"'{_columns[place].Name}' isn't UTF-8";
        Row.SetText(place, text);
        return null;
    }

    static bool TryNumber(JsonTokenType token, ReadOnlySpan<byte> value, ColumnType type, out double number)
    {
        if (token is JsonTokenType.True or JsonTokenType.False || value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8))
        {
            number = value[0] == (byte)'t' ? 1 : 0;
            return token != JsonTokenType.String || type == ColumnType.Boolean;
        }
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number)
            && (!type.IsInteger || number == Math.Floor(number));
    }

    string? FindAbsent()
    {
        for (int place = 0; place < _required; place++)
            if (!Row.IsThere(place)) return $"'{_columns[place].Name}' is missing";
        return null;
    }

    static string TooLong(string column) => $"'{column}' has more than {OnlineLimits.TextBytes:N0} bytes";

    static string TextOf(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value[..Math.Min(value.Length, 100)]);
}
