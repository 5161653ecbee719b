using RedisML.Columns;

namespace RedisML.Expressions;

/// <summary>Counts of times between types, and the parts of a calendar that they fall in.</summary>
static class TimeConversion
{
    const double SecondsPerDay = 86_400;

    /// <summary>The time zone of a name of the database or an offset; UTC for one that this machine doesn't know.</summary>
    internal static TimeZoneInfo Zone(string name) =>
        TimeSpan.TryParse(name.TrimStart('+'), out var offset) ? TimeZoneInfo.CreateCustomTimeZone(name, offset, name, name)
        : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>How many of its counts a type has a day.</summary>
    internal static long PerDay(ColumnType type) => type.Kind == TypeKind.Date32 ? 1 : 86_400 * TimestampUnits.PerSecond(type.Unit);

    /// <summary>Counts in a type that is as fine or finer. What doesn't fit stays beyond all that does.</summary>
    internal static void Convert(ReadOnlySpan<long> values, ColumnType from, ColumnType to, Span<long> result)
    {
        long factor = PerDay(to) / PerDay(from);
        if (factor == 1)
        {
            values.CopyTo(result);
            return;
        }
        long most = long.MaxValue / factor;
        for (int i = 0; i < values.Length; i++)
        {
            long value = values[i];
            result[i] = value == TimeVector.Missing ? value : value > most ? long.MaxValue : value < -most ? long.MinValue + 1
                : value * factor;
        }
    }

    /// <summary>Differences in days.</summary>
    internal static void Days(ReadOnlySpan<long> x, ReadOnlySpan<long> y, ColumnType type, Span<double> result)
    {
        double perDay = PerDay(type);
        for (int i = 0; i < x.Length; i++)
            result[i] = x[i] == TimeVector.Missing || y[i] == TimeVector.Missing ? double.NaN : (double)((Int128)x[i] - y[i]) / perDay;
    }

    /// <summary>A part of the calendar, on the clock of the type's zone; missing where .NET has no such year.</summary>
    internal static void Part(Operation operation, ReadOnlySpan<long> values, ColumnType type, Span<double> result)
    {
        long perDay = PerDay(type);
        if (operation == Operation.Epoch)
        {
            for (int i = 0; i < values.Length; i++)
                result[i] = values[i] == TimeVector.Missing ? double.NaN : values[i] / (perDay / SecondsPerDay);
            return;
        }
        var zone = type.Zone is null ? null : Zone(type.Zone);
        for (int i = 0; i < values.Length; i++)
        {
            long days = Math.DivRem(values[i], perDay, out long rest);
            if (rest < 0) (days, rest) = (days - 1, rest + perDay);
            // A day of room on both sides, for the zone.
            if (values[i] == TimeVector.Missing || days is < -719_161 or > 2_932_895)
            {
                result[i] = double.NaN;
                continue;
            }
            var time = new DateTime(DateTime.UnixEpoch.Ticks + days * TimeSpan.TicksPerDay
                + (long)((Int128)rest * TimeSpan.TicksPerDay / perDay), DateTimeKind.Utc);
            if (zone is not null) time += zone.GetUtcOffset(time);
            result[i] = operation switch
            {
                Operation.Year => time.Year,
                Operation.Month => time.Month,
                Operation.Day => time.Day,
                Operation.Hour => time.Hour,
                Operation.Minute => time.Minute,
                Operation.DayOfWeek => (int)time.DayOfWeek,
                _ => time.DayOfYear,
            };
        }
    }
}
