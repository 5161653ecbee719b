using RedisML.Columns;

namespace RedisML.Formats.Text;

/// <summary>A point in time as ISO 8601 writes it: <c>2013-01-31</c>, <c>2013-01-31T05:00</c>, <c>2013-01-31 05:00:00.25+01:00</c>.</summary>
/// <param name="Day">Days since 1970-01-01.</param>
/// <param name="Second">Of the day, as written.</param>
/// <param name="HasTime">Whether there is more than a date.</param>
/// <param name="OffsetSeconds">Behind UTC's clock; null where none is written.</param>
/// <param name="FractionDigits">Digits of the fraction up to the last that isn't 0.</param>
readonly record struct IsoTime(int Day, int Second, int Nanosecond, bool HasTime, int? OffsetSeconds, int FractionDigits)
{
    const int SecondsPerDay = 86_400;

    /// <summary>The type that holds it: a date, or a timestamp in microseconds; null where its digits are finer than that.</summary>
    public ColumnType? Type => !HasTime ? ColumnType.Date32
        : FractionDigits > 6 ? null : ColumnType.Timestamp(TimestampUnit.Microsecond, OffsetSeconds is null ? null : "UTC");

    /// <summary>Years have four digits and months, days, hours, minutes and seconds two: nothing else is taken for a date.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out IsoTime time)
    {
        time = default;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out int year) || !TryDigits(text[5..7], out int month) || !TryDigits(text[8..10], out int day)) return false;
        if (year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        int date = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        text = text[10..];
        if (text.IsEmpty)
        {
            time = new(date, 0, 0, false, null, 0);
            return true;
        }
        if (text.Length < 6 || text[0] is not ((byte)'T' or (byte)' ') || text[3] != ':'
            || !TryDigits(text[1..3], out int hour) || !TryDigits(text[4..6], out int minute) || hour > 23 || minute > 59) return false;
        text = text[6..];
        int second = 0, nanosecond = 0, digits = 0;
        if (text is [(byte)':', _, _, ..])
        {
            if (!TryDigits(text[1..3], out second) || second > 59) return false;
            text = text[3..];
            if (text is [(byte)'.' or (byte)',', ..] && !TryFraction(ref text, out nanosecond, out digits)) return false;
        }
        if (!TryOffset(text, out int? offset)) return false;
        time = new(date, hour * 3600 + minute * 60 + second, nanosecond, true, offset, digits);
        return true;
    }

    /// <summary>The count of the type's unit since 1970; false where it has a finer part, no place in 64 bits, or a zone where the type has none, or none where it has.</summary>
    public bool TryToTimestamp(ColumnType type, out long value)
    {
        value = 0;
        if (HasTime && OffsetSeconds is null != type.Zone is null || !HasTime && type.Zone is not null) return false;
        long perSecond = TimestampUnits.PerSecond(type.Unit), nanosPerUnit = 1_000_000_000 / perSecond;
        if (Nanosecond % nanosPerUnit != 0) return false;
        var wide = ((Int128)Day * SecondsPerDay + Second - (OffsetSeconds ?? 0)) * perSecond + Nanosecond / nanosPerUnit;
        value = (long)wide;
        return value == wide;
    }

    static bool TryFraction(ref ReadOnlySpan<byte> text, out int nanosecond, out int digits)
    {
        const int maxDigits = 9;
        (nanosecond, digits) = (0, 0);
        int end = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var i && i < 0 ? text.Length : i + 1;
        var fraction = text[1..end];
        text = text[end..];
        if (fraction.IsEmpty || fraction.Length > maxDigits) return false;
        digits = fraction.TrimEnd((byte)'0').Length;
        for (int place = 0; place < maxDigits; place++) nanosecond = nanosecond * 10 + (place < fraction.Length ? fraction[place] - '0' : 0);
        return true;
    }

    static bool TryOffset(ReadOnlySpan<byte> text, out int? offset)
    {
        offset = null;
        if (text.IsEmpty) return true;
        if (text is [(byte)'Z'])
        {
            offset = 0;
            return true;
        }
        bool colon = text.Length == 6 && text[3] == ':';
        if (text[0] is not ((byte)'+' or (byte)'-') || !(colon || text.Length == 5)
            || !TryDigits(text[1..3], out int hours) || !TryDigits(text[^2..], out int minutes) || hours > 18 || minutes > 59) return false;
        offset = (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
        return true;
    }

    static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte c in text)
        {
            if (c is < (byte)'0' or > (byte)'9') return false;
            value = value * 10 + c - '0';
        }
        return true;
    }
}
