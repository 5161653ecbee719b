using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisML.Errors;

namespace RedisML.Columns;

public readonly partial record struct ColumnType
{
    static readonly string[] s_units = ["s", "ms", "us", "ns"];

    /// <summary>Other names that people know the types by, without case.</summary>
    static readonly Dictionary<string, TypeKind> s_aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["int"] = TypeKind.Int64, ["long"] = TypeKind.Int64, ["float"] = TypeKind.Float32, ["single"] = TypeKind.Float32,
        ["double"] = TypeKind.Float64, ["bool"] = TypeKind.Boolean, ["string"] = TypeKind.Utf8, ["text"] = TypeKind.Utf8,
        ["dictionary"] = TypeKind.Utf8, ["decimal"] = TypeKind.Decimal128, ["date"] = TypeKind.Date32, ["datetime"] = TypeKind.Timestamp,
    };

    /// <summary>What the types look like in text, for messages and completion.</summary>
    public static IReadOnlyList<string> Forms { get; } =
    [
        "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64", "Boolean", "Utf8",
        "Decimal128(38,9)", "Date32", "Timestamp(us)", "Timestamp(us,UTC)", "Binary", "Uuid", "List(Float32)",
    ];

    public override string ToString() => Kind switch
    {
        TypeKind.Decimal128 => $"Decimal128({Precision},{Scale})",
        TypeKind.Timestamp => $"Timestamp({s_units[(int)Unit]}{(Zone is null ? "" : $",{Zone}")})",
        TypeKind.List => $"List({Element})",
        TypeKind.Binary when IsUuid => nameof(Uuid),
        _ => Kind.ToString(),
    };

    /// <summary>The type that a text names, as <see cref="ToString"/> writes it.</summary>
    /// <exception cref="RedisMLException"><c>InvalidColumnType</c></exception>
    public static ColumnType Parse(string text) => TryParse(text, out var type) ? type : throw new RedisMLException(
        "InvalidColumnType", ErrorKind.InvalidArgument, $"'{text}' is no type of a column; there are {string.Join(", ", Forms)}.", text);

    /// <summary>Case doesn't matter, and Arrow's own <c>timestamp[us,
    /// tz=UTC]</c> and <c>list&lt;float&gt;</c> are understood too.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ColumnType type)
    {
        type = default;
        if (text is null) return false;
        text = text.Trim();
        if (text.Equals("uuid", StringComparison.OrdinalIgnoreCase) || text.Equals("guid", StringComparison.OrdinalIgnoreCase))
        {
            type = Uuid;
            return true;
        }
        int open = text.AsSpan().IndexOfAny("([<");
        string name = open < 0 ? text : text[..open].TrimEnd();
        if (!TryParseKind(name, out var kind)) return false;
        if (open >= 0 && text[^1] is not (')' or ']' or '>')) return false;
        string[] arguments = open < 0 ? [] : text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
        switch (kind)
        {
            case TypeKind.Decimal128:
                int precision = MaxPrecision, scale = 9;
                if (arguments.Length > 2 || arguments.Length > 0 && !int.TryParse(arguments[0], out precision)) return false;
                if (arguments.Length > 0) scale = 0;
                if (arguments.Length > 1 && !int.TryParse(arguments[1], out scale)) return false;
                if (precision is < 1 or > MaxPrecision || scale < 0 || scale > precision) return false;
                type = Decimal128(precision, scale);
                return true;
            case TypeKind.Timestamp:
                int unit = arguments.Length == 0 ? (int)TimestampUnit.Microsecond
                    : System.Array.IndexOf(s_units, arguments[0].ToLowerInvariant());
                if (unit < 0 || arguments.Length > 2) return false;
                string? zone = arguments.Length < 2 ? null : arguments[1].StartsWith("tz=", StringComparison.OrdinalIgnoreCase)
                    ? arguments[1][3..] : arguments[1];
                type = Timestamp((TimestampUnit)unit, zone);
                return true;
            case TypeKind.List:
                var element = TypeKind.Float64;
                if (arguments.Length > 1 || arguments.Length == 1 && !TryParseKind(arguments[0], out element) || element > TypeKind.Float64)
                    return false;
                type = List(element);
                return true;
            default:
                type = new(kind);
                return arguments.Length == 0;
        }
    }

    static bool TryParseKind(string name, out TypeKind kind) =>
        s_aliases.TryGetValue(name, out kind) || char.IsAsciiLetter(name.FirstOrDefault())
            && Enum.TryParse(name, ignoreCase: true, out kind);
}

/// <summary>A type is its text.</summary>
sealed class ColumnTypeConverter : JsonConverter<ColumnType>
{
    public override ColumnType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ColumnType.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, ColumnType value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
