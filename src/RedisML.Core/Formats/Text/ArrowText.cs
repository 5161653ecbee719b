using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Formats.Text;

/// <summary>Writes values as text that <see cref="TextValue"/> reads back as the same values; invariant, of the shortest form.</summary>
static class ArrowText
{
    const int MaxLength = 64;

    /// <param name="row">The row of a value that is there.</param>
    public static void Write(IBufferWriter<byte> buffer, IArrowArray array, int row, ColumnType type)
    {
        switch (type.Kind)
        {
            case TypeKind.UInt64:
                WriteFormatted(buffer, ((UInt64Array)array).Values[row]);
                break;
            case <= TypeKind.UInt32:
                ArrowValues.TryGetInt64(array, row, out long integer);
                WriteFormatted(buffer, integer);
                break;
            case TypeKind.Float32:
                ArrowValues.TryGetDouble(array, row, out double single);
                WriteFormatted(buffer, (float)single);
                break;
            case TypeKind.Float64:
                ArrowValues.TryGetDouble(array, row, out double number);
                WriteFormatted(buffer, number);
                break;
            case TypeKind.Boolean:
                buffer.Write(((BooleanArray)array).GetValue(row) == true ? "true"u8 : "false"u8);
                break;
            case TypeKind.Decimal128:
                ArrowValues.TryGetDecimal(array, row, out var exact);
                buffer.Write(Encoding.ASCII.GetBytes(exact.ToString()));
                break;
            case TypeKind.Date32:
                WriteDate(buffer, ((Date32Array)array).Values[row]);
                break;
            case TypeKind.Timestamp:
                WriteTimestamp(buffer, ((TimestampArray)array).Values[row], type);
                break;
            case TypeKind.Binary:
                ArrowValues.TryGetBytes(array, row, out var bytes);
                if (type.IsUuid)
                {
                    WriteFormatted(buffer, new Guid(bytes, bigEndian: true));
                    break;
                }
                var target = buffer.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
                Base64.EncodeToUtf8(bytes, target, out _, out int encoded);
                buffer.Advance(encoded);
                break;
            case TypeKind.List:
                WriteList(buffer, array, row, type.ElementType);
                break;
            default:
                ArrowValues.TryGetText(array, row, out var text);
                buffer.Write(text);
                break;
        }
    }

    static void WriteList(IBufferWriter<byte> buffer, IArrowArray array, int row, ColumnType element)
    {
        var (values, start, count) = ArrowValues.ListAt(array, row);
        buffer.Write("["u8);
        for (int i = start; i < start + count; i++)
        {
            if (i > start) buffer.Write(","u8);
            if (values.IsNull(i)) buffer.Write("null"u8);
            else Write(buffer, values, i, element);
        }
        buffer.Write("]"u8);
    }

    static void WriteDate(IBufferWriter<byte> buffer, int day)
    {
        int number = day + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        if (number < 0 || number > DateOnly.MaxValue.DayNumber) throw OutOfRange(day, "days", "a date");
        WriteFormatted(buffer, DateOnly.FromDayNumber(number), "yyyy-MM-dd");
    }

    static void WriteTimestamp(IBufferWriter<byte> buffer, long value, ColumnType type)
    {
        long perSecond = TimestampUnits.PerSecond(type.Unit);
        long seconds = Math.DivRem(value, perSecond, out long part);
        if (part < 0) (seconds, part) = (seconds - 1, part + perSecond);
        if (seconds < -62_135_596_800 || seconds > 253_402_300_799)
            throw OutOfRange(value, $"{type.Unit.ToString().ToLowerInvariant()}s", "a timestamp");
        WriteFormatted(buffer, DateTime.UnixEpoch.AddSeconds(seconds), "yyyy-MM-ddTHH:mm:ss");
        if (part != 0)
        {
            var digits = (part * (1_000_000_000 / perSecond)).ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
            buffer.Write(Encoding.ASCII.GetBytes("." + digits));
        }
        if (type.Zone is not null) buffer.Write("Z"u8);
    }

    static void WriteFormatted<T>(IBufferWriter<byte> buffer, T value, ReadOnlySpan<char> format = default) where T : IUtf8SpanFormattable
    {
        var target = buffer.GetSpan(MaxLength);
        value.TryFormat(target, out int written, format, CultureInfo.InvariantCulture);
        buffer.Advance(written);
    }

    static RedisMLException OutOfRange(long value, string units, string what) => new("TimestampOutOfRange", ErrorKind.InvalidData,
        $"{value} {units} since 1970 is {what} before the year 1 or after 9999, which text doesn't hold", value);
}
