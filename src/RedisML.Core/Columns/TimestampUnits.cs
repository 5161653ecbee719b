using Apache.Arrow.Types;
using RedisML.Errors;

namespace RedisML.Columns;

/// <summary>Timestamps between units and .NET's types.</summary>
static class TimestampUnits
{
    /// <summary>.NET takes no zones farther from UTC.</summary>
    static readonly TimeSpan s_mostOffset = TimeSpan.FromHours(14);

    static readonly long[] s_perSecond = [1, 1_000, 1_000_000, 1_000_000_000];

    public static TimestampUnit Of(TimeUnit unit) => (TimestampUnit)(int)unit;

    public static long PerSecond(TimestampUnit unit) => s_perSecond[(int)unit];

    /// <summary>A count in another unit, rounded down where that is coarser.</summary>
    /// <exception cref="RedisMLException"><c>TimestampOutOfRange</c></exception>
    public static long Convert(long value, TimestampUnit from, TimestampUnit to)
    {
        if (from == to) return value;
        try
        {
            return to > from
                ? checked(value * (PerSecond(to) / PerSecond(from)))
                : FloorDivide(value, PerSecond(from) / PerSecond(to));
        }
        catch (OverflowException e)
        {
            throw new RedisMLException("TimestampOutOfRange", ErrorKind.InvalidData,
                $"A timestamp of {value} {from}s doesn't fit 64 bits in {to}s.", value, e);
        }
    }

    /// <summary>The count of a .NET time's ticks since 1970; false where it doesn't fit.</summary>
    public static bool TryFromTicks(long ticks, TimestampUnit unit, out long value)
    {
        long sinceEpoch = ticks - DateTime.UnixEpoch.Ticks, perSecond = PerSecond(unit);
        if (perSecond <= TimeSpan.TicksPerSecond)
        {
            value = FloorDivide(sinceEpoch, TimeSpan.TicksPerSecond / perSecond);
            return true;
        }
        var wide = (Int128)sinceEpoch * (perSecond / TimeSpan.TicksPerSecond);
        value = (long)wide;
        return value == wide;
    }

    /// <summary>A <see cref="DateTime"/> without zone, or a <see cref="DateTimeOffset"/> in the type's zone;
    /// the count itself where .NET has no such year.</summary>
    /// <param name="type">A timestamp, or a date, whose count is of days.</param>
    public static object ToObject(long value, ColumnType type)
    {
        if (type.Kind == TypeKind.Date32)
            return ToObject(value * 86_400, ColumnType.Timestamp(TimestampUnit.Second)) is DateTime date ? date : value;
        long perSecond = PerSecond(type.Unit);
        var ticks = perSecond <= TimeSpan.TicksPerSecond
            ? (Int128)value * (TimeSpan.TicksPerSecond / perSecond) : FloorDivide(value, perSecond / TimeSpan.TicksPerSecond);
        ticks += DateTime.UnixEpoch.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks) return value;
        if (type.Zone is null) return new DateTime((long)ticks, DateTimeKind.Unspecified);
        var instant = new DateTimeOffset((long)ticks, TimeSpan.Zero);
        // On the clock of a zone the first and the last day may be beyond .NET's years: there it is UTC's.
        if (instant < DateTimeOffset.MinValue.AddDays(1) || instant > DateTimeOffset.MaxValue.AddDays(-1)) return instant;
        return TimeSpan.TryParse(type.Zone.TrimStart('+'), out var offset) && offset.Duration() <= s_mostOffset
            && offset.Ticks % TimeSpan.TicksPerMinute == 0 ? instant.ToOffset(offset)
            : TimeZoneInfo.TryFindSystemTimeZoneById(type.Zone, out var zone) ? TimeZoneInfo.ConvertTime(instant, zone) : instant;
    }

    static long FloorDivide(long value, long divisor) =>
        Math.DivRem(value, divisor) is var (quotient, rest) && rest < 0 ? quotient - 1 : value / divisor;
}
