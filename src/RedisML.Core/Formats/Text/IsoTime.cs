using RedisML.Columns;

namespace RedisML.Formats.Text;

/// <summary>A point in time as ISO 8601 writes it: <c>2013-01-31</c>, <c>2013-01-31T05:00</c>, <c>2013-01-31 05:00:00.25+01:00</c>,
/// <c>20130131T050000Z</c>.</summary>
/// <param name="Day">The day, counted from 1970-01-01.</param>
/// <param name="Second">The second of the day, as written.</param>
/// <param name="HasTime">Whether there is more than a date.</param>
/// <param name="OffsetSeconds">By how many seconds the clock as written is ahead of UTC; null where no offset is written.</param>
/// <param name="FractionDigits">Digits of the fraction up to the last that isn't 0.</param>
readonly record struct IsoTime(int Day, int Second, int Nanosecond, bool HasTime, int? OffsetSeconds, int FractionDigits)
{
    const int SecondsPerDay = 86_400;

    /// <summary>The type that holds it: a date, or a timestamp in microseconds, or in nanoseconds where its digits need them; null where
    /// those have no place for it.</summary>
    public ColumnType? Type
    {
        get
        {
            if (!HasTime) return ColumnType.Date32;
            var type = ColumnType.Timestamp(FractionDigits > 6 ? TimestampUnit.Nanosecond : TimestampUnit.Microsecond, OffsetSeconds is null
                ? null : "UTC");
            return TryToTimestamp(type, out _) ? type : null;
        }
    }

    /// <summary>Years have four digits and months, days, hours, minutes and seconds two: nothing else is taken for a date.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out IsoTime time)
    {
        time = default;
        if (!TryDate(ref text, out int date, out bool isBasic)) return false;
        if (text.IsEmpty)
        {
            time = new(date, 0, 0, false, null, 0);
            return !isBasic;
        }
        if (text[0] is not ((byte)'T' or (byte)'t' or (byte)' ') || isBasic && text[0] == ' ') return false;
        text = text[1..];
        if (!TryNumber(ref text, 24, out int hour) || !isBasic && !TrySkip(ref text, (byte)':') || !TryNumber(ref text, 59, out int minute))
            return false;
        int second = 0, nanosecond = 0, digits = 0;
        if (isBasic ? text is [>= (byte)'0' and <= (byte)'9', ..] : TrySkip(ref text, (byte)':'))
        {
            if (!TryNumber(ref text, 59, out second)) return false;
            if (text is [(byte)'.' or (byte)',', ..] && !TryFraction(ref text, out nanosecond, out digits)) return false;
        }
        // 24:00 is the end of the day.
        if (hour == 24 && (minute | second | nanosecond) != 0 || !TryOffset(text, out int? offset)) return false;
        time = new(date, hour * 3600 + minute * 60 + second, nanosecond, true, offset, digits);
        return true;
    }

    /// <param name="isBasic">Whether it is written without hyphens, as 20130131: then a time has to follow, or it is a number.</param>
    static bool TryDate(ref ReadOnlySpan<byte> text, out int date, out bool isBasic)
    {
        (date, isBasic) = (0, text is [_, _, _, _, _, _, _, _, (byte)'T' or (byte)'t', ..]);
        if (text.Length < 10 || !isBasic && (text[4] != '-' || text[7] != '-')) return false;
        var (months, days) = isBasic ? (4..6, 6..8) : (5..7, 8..10);
        if (!TryDigits(text[..4], out int year) || !TryDigits(text[months], out int month) || !TryDigits(text[days], out int day))
            return false;
        if (year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        text = text[(isBasic ? 8 : 10)..];
        return true;
    }

    /// <summary>Two digits.</summary>
    static bool TryNumber(ref ReadOnlySpan<byte> text, int max, out int value)
    {
        value = 0;
        if (text.Length < 2 || !TryDigits(text[..2], out value) || value > max) return false;
        text = text[2..];
        return true;
    }

    static bool TrySkip(ref ReadOnlySpan<byte> text, byte character)
    {
        if (text.IsEmpty || text[0] != character) return false;
        text = text[1..];
        return true;
    }

    /// <summary>The count of the type's unit since 1970; false where it has a finer part, no place in 64 bits, or a zone where the type has
    /// none, or none where it has.</summary>
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
        for (int place = 0; place < maxDigits; place++)
            nanosecond = nanosecond * 10 + (place < fraction.Length ? fraction[place] - '0' : 0);
        return true;
    }

    static bool TryOffset(ReadOnlySpan<byte> text, out int? offset)
    {
        offset = null;
        if (text.IsEmpty) return true;
        if (text is [(byte)' ', _, ..]) text = text[1..];
        // BigQuery writes 2024-01-31 05:00:00 UTC.
        if (text is [(byte)'Z' or (byte)'z'] || text.SequenceEqual("UTC"u8))
        {
            offset = 0;
            return true;
        }
        // +hh, +hhmm or +hh:mm.
        int minutes = 0;
        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6) || text.Length == 6 && text[3] != ':'
            || !TryDigits(text[1..3], out int hours) || text.Length > 3 && !TryDigits(text[^2..], out minutes) || hours > 18
                || minutes > 59) return false;
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
