using System.Globalization;
using RedisML.Columns;

namespace RedisML.Expressions;

/// <summary>A text that stands beside a time, such as <c>'2023-12-01'</c> or <c>'2023-12-01T06:30:00+01:00'</c>.</summary>
/// <param name="Ticks">As the clock on the wall shows it.</param>
/// <param name="Offset">Of that clock from UTC; null where the text names none.</param>
readonly record struct TimeLiteral(long Ticks, TimeSpan? Offset)
{
    static readonly string[] s_local = [.. Forms("")];
    static readonly string[] s_zoned = [.. Forms("zzz")];
    static readonly string[] s_utc = [.. Forms("'Z'")];

    /// <summary>The coarsest type that holds it.</summary>
    internal ColumnType Type => (Ticks % TimeSpan.TicksPerDay, Ticks % TimeSpan.TicksPerSecond, Ticks % 10, Offset) switch
    {
        (0, _, _, null) => ColumnType.Date32,
        (_, 0, _, _) => ColumnType.Timestamp(TimestampUnit.Second),
        (_, _, 0, _) => ColumnType.Timestamp(TimestampUnit.Microsecond),
        _ => ColumnType.Timestamp(TimestampUnit.Nanosecond),
    };

    /// <summary>The count that it is in a type; without an offset of its own it is read on a clock of the type's zone.</summary>
    internal long In(ColumnType type)
    {
        long ticks = Ticks - (Offset ?? TimeSpan.Zero).Ticks;
        if (Offset is null && type.Zone is not null)
            ticks -= TimeConversion.Zone(type.Zone).GetUtcOffset(new DateTime(Ticks, DateTimeKind.Unspecified)).Ticks;
        if (type.Kind == TypeKind.Date32) return (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerDay;
        var count = (Int128)(ticks - DateTime.UnixEpoch.Ticks) * TimestampUnits.PerSecond(type.Unit) / TimeSpan.TicksPerSecond;
        return (long)Int128.Clamp(count, long.MinValue + 1, long.MaxValue);
    }

    internal static bool TryParse(string text, out TimeLiteral literal)
    {
        literal = default;
        var culture = CultureInfo.InvariantCulture;
        if (DateTime.TryParseExact(text, s_local, culture, DateTimeStyles.None, out var local)) literal = new(local.Ticks, null);
        else if (DateTime.TryParseExact(text, s_utc, culture, DateTimeStyles.None, out var utc)) literal = new(utc.Ticks, TimeSpan.Zero);
        else if (DateTimeOffset.TryParseExact(text, s_zoned, culture, DateTimeStyles.None, out var zoned))
            literal = new(zoned.Ticks, zoned.Offset);
        else return false;
        return true;
    }

    static IEnumerable<string> Forms(string zone)
    {
        if (zone == "") yield return "yyyy-MM-dd";
        foreach (var separator in (string[])["'T'", "' '"])
            foreach (var time in (string[])["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"])
                yield return $"yyyy-MM-dd{separator}{time}{zone}";
    }
}
