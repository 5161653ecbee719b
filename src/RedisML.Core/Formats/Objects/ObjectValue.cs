using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Formats.Text;

namespace RedisML.Formats.Objects;

/// <summary>Appends .NET objects to the builder of a column, whatever its type: text is read,
/// numbers are converted where that loses nothing.</summary>
/// <param name="isMissing">Whether a text stands for a missing value; null where none does.</param>
sealed class ObjectValue(ColumnType type, ColumnBuilder builder, NumberCulture? culture = null, Func<string, bool>? isMissing = null)
{
    readonly TextValue _text = TextValue.Create(type, builder, culture: culture);
    byte[] _bytes = new byte[256];

    /// <summary>False where the value doesn't fit the type; then nothing is appended.</summary>
    public bool TryAppend(object? value)
    {
        switch (value)
        {
            case null or DBNull:
                builder.AppendNull();
                return true;
            case string text when isMissing?.Invoke(text) == true:
                builder.AppendNull();
                return true;
            case string text:
                return TryAppendText(text);
        }
        switch (type.Kind)
        {
            case <= TypeKind.UInt32:
                if (!TryInteger(value, out long integer) || !type.Holds(integer)) return false;
                ((Int64ColumnBuilder)builder).Append(integer);
                return true;
            case TypeKind.Float32 or TypeKind.Float64 when IsNumber(value):
                double number = value switch
                {
                    double it => it,
                    Half half => (double)half,
                    BigInteger big => (double)big,
                    _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
                };
                if (!type.TryRound(ref number) || value is BigInteger && !double.IsFinite(number)) return false;
                ((Float64ColumnBuilder)builder).Append(number);
                return true;
            case TypeKind.Boolean when value is bool boolean:
                ((BooleanColumnBuilder)builder).Append(boolean);
                return true;
            case TypeKind.Binary when value is Guid uuid:
                ((BinaryColumnBuilder)builder).Append(uuid.ToByteArray(bigEndian: true));
                return true;
            case TypeKind.Binary when value is byte[] bytes && (!type.IsUuid || bytes.Length == 16):
                ((BinaryColumnBuilder)builder).Append(bytes);
                return true;
            case TypeKind.Date32 when DateOf(value) is { } date:
                ((DateColumnBuilder)builder).Append(date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);
                return true;
            case TypeKind.Timestamp:
                if (!TryTicks(value, out long ticks) || !TimestampUnits.TryFromTicks(ticks, type.Unit, out long count)) return false;
                ((TimestampColumnBuilder)builder).Append(count);
                return true;
            case TypeKind.List when value is IEnumerable list:
                return TryAppendText(Joined(list));
            case TypeKind.UInt64 or TypeKind.Decimal128 when IsNumber(value):
                return TryAppendText(TextOf(value));
            case TypeKind.Utf8:
                return TryAppendText(TextOf(value));
            default:
                return false;
        }
    }

    /// <summary>The narrowest type that holds a value, and is sure to hold others like it; null for none.</summary>
    /// <param name="textType">Judges text.</param>
    public static ColumnType? TypeOf(object? value, Func<string, ColumnType?> textType) => value switch
    {
        null or DBNull => null,
        string text => textType(text),
        bool => ColumnType.Boolean,
        ulong and > long.MaxValue => ColumnType.UInt64,
        sbyte or byte or short or ushort or int or uint or long or ulong => ColumnType.Int64,
        float or double or Half => ColumnType.Float64,
        decimal number => ColumnType.Decimal128(ColumnType.MaxPrecision, Math.Max(9, (int)number.Scale)),
        BigInteger big => BigInteger.Abs(big) < BigInteger.Pow(10, ColumnType.MaxPrecision)
            ? ColumnType.Decimal128(ColumnType.MaxPrecision, 0) : ColumnType.Utf8,
        DateOnly => ColumnType.Date32,
        DateTime { Kind: DateTimeKind.Unspecified } time =>
            time.TimeOfDay == TimeSpan.Zero ? ColumnType.Date32 : ColumnType.Timestamp(UnitOf(time.Ticks)),
        DateTime time => ColumnType.Timestamp(UnitOf(time.Ticks), "UTC"),
        DateTimeOffset time => ColumnType.Timestamp(UnitOf(time.Ticks), "UTC"),
        byte[] => ColumnType.Binary,
        IEnumerable list => ListType(list),
        _ => ColumnType.Utf8,
    };

    /// <summary>Text that a value is in columns of text and in files of text.</summary>
    public static string TextOf(object value) => value switch
    {
        string text => text,
        bool boolean => boolean ? "true" : "false",
        DateTime time =>
            time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToBase64String(bytes),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => ObjectJson.TextOf(list),
        _ => value.ToString() ?? "",
    };

    bool TryAppendText(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_bytes.Length < most) _bytes = new byte[2 * most];
        return _text.TryAppend(_bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, _bytes)));
    }

    /// <summary>Without an unspecified zone where instants are wanted, and without a zone where none is.</summary>
    bool TryTicks(object value, out long ticks)
    {
        bool fits;
        (ticks, fits) = value switch
        {
            DateTimeOffset time => (time.UtcTicks, type.Zone is not null),
            DateTime { Kind: DateTimeKind.Unspecified } time => (time.Ticks, type.Zone is null),
            DateTime time => (time.ToUniversalTime().Ticks, type.Zone is not null),
            DateOnly date => (date.ToDateTime(default).Ticks, type.Zone is null),
            _ => (0, false),
        };
        return fits;
    }

    static DateOnly? DateOf(object value) => value switch
    {
        DateOnly date => date,
        DateTime time when time.TimeOfDay == TimeSpan.Zero => DateOnly.FromDateTime(time),
        _ => null,
    };

    static bool TryInteger(object value, out long integer)
    {
        integer = 0;
        switch (value)
        {
            case int it: integer = it; return true;
            case long it: integer = it; return true;
            case sbyte or byte or short or ushort or uint:
                integer = Convert.ToInt64(value, CultureInfo.InvariantCulture);
                return true;
            case ulong and <= long.MaxValue: integer = (long)(ulong)value; return true;
            case Half half: return TryInteger((double)half, out integer);
            case float or double or decimal when Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number
                && number == Math.Floor(number) && Math.Abs(number) < 1L << 53:
                integer = (long)number;
                return true;
            case BigInteger big when big >= long.MinValue && big <= long.MaxValue: integer = (long)big; return true;
            default: return false;
        }
    }

    static bool IsNumber(object? value) =>
        value is double or int or long or float or decimal or sbyte or byte or short or ushort or uint or ulong or Half or BigInteger;

    static TimestampUnit UnitOf(long ticks) =>
        ticks % TimeSpan.TicksPerMicrosecond == 0 ? TimestampUnit.Microsecond : TimestampUnit.Nanosecond;

    static ColumnType ListType(IEnumerable list)
    {
        ColumnType? element = (list is float[]) ? ColumnType.Float32 : null;
        foreach (var item in list)
        {
            if (item is null) continue;
            if (!IsNumber(item)) return ColumnType.Utf8;
            element = ColumnType.Union(element, item is float ? ColumnType.Float32 : TypeOf(item, _ => null)!.Value);
        }
        return ColumnType.List(element is { Kind: <= TypeKind.Float64 } type ? type.Kind : TypeKind.Float64);
    }

    static string Joined(IEnumerable list) =>
        $"[{string.Join(',', list.Cast<object?>().Select(item => item is null ? "null" : TextOf(item)))}]";
}
