using System.Buffers.Text;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Builders;

namespace RedisML.Formats.Text;

/// <summary>Appends values that are written as text to the builder of a column, whatever its type.</summary>
abstract class TextValue
{
    /// <summary>False where the text isn't a value of the type; then nothing is appended.</summary>
    public abstract bool TryAppend(ReadOnlySpan<byte> text);

    /// <param name="builder">The one that <see cref="ColumnBuilder.Create"/> makes for <paramref name="type"/>.</param>
    /// <param name="exact">Whether the type was inferred: then <c>01234</c> is no integer.</param>
    /// <param name="culture">How numbers are written; null for a decimal point and no groups.</param>
    public static TextValue Create(ColumnType type, ColumnBuilder builder, bool exact = false, NumberCulture? culture = null)
    {
        TextValue value = type.Kind switch
        {
            TypeKind.UInt64 => new UnsignedValue((UInt64ColumnBuilder)builder, exact),
            <= TypeKind.UInt32 => new IntegerValue(type, (Int64ColumnBuilder)builder, exact),
            TypeKind.Float32 or TypeKind.Float64 => new NumberValue(type, (Float64ColumnBuilder)builder, exact),
            TypeKind.Boolean => new BooleanValue((BooleanColumnBuilder)builder),
            TypeKind.Decimal128 => new DecimalValue(type, (DecimalColumnBuilder)builder),
            TypeKind.Date32 => new DateValue((DateColumnBuilder)builder),
            TypeKind.Timestamp => new TimestampValue(type, (TimestampColumnBuilder)builder),
            TypeKind.Binary when type.IsUuid => new UuidValue((BinaryColumnBuilder)builder),
            TypeKind.Binary => new BinaryValue((BinaryColumnBuilder)builder),
            TypeKind.List => new ListValue(type, (ListColumnBuilder)builder),
            _ => new Utf8Value((TextColumnBuilder)builder),
        };
        return culture is not null && type.IsNumeric && type.Kind != TypeKind.Boolean ? new CultureValue(value, culture) : value;
    }

    /// <summary>The narrowest type that holds the value, of those that are inferred: integers, numbers, booleans, dates,
    /// timestamps, text.</summary>
    public static ColumnType TypeOf(scoped ReadOnlySpan<byte> text, NumberCulture? culture = null)
    {
        if (TryBoolean(text, out _)) return ColumnType.Boolean;
        if (IsoTime.TryParse(text, out var time) && time.Type is { } temporal) return temporal;
        scoped Span<byte> buffer = stackalloc byte[NumberCulture.BufferLength];
        if (culture is not null)
        {
            if (!culture.TryNormalize(text, buffer, out int length)) return ColumnType.Utf8;
            text = buffer[..length];
        }
        if (NumberText.IsInteger(text)) return NumberText.TryInteger(text, exact: true, out _) ? ColumnType.Int64 : ColumnType.Utf8;
        return NumberText.TryDouble(text, exact: true, out _) ? ColumnType.Float64 : ColumnType.Utf8;
    }

    /// <summary>Whether it is written as a number, also one that no type keeps, such as 01234 or 1e999.</summary>
    public static bool LooksLikeNumber(scoped ReadOnlySpan<byte> text, NumberCulture? culture = null)
    {
        scoped Span<byte> buffer = stackalloc byte[NumberCulture.BufferLength];
        if (culture is null) return NumberText.LooksLikeNumber(text);
        return culture.TryNormalize(text, buffer, out int length) && NumberText.LooksLikeNumber(buffer[..length]);
    }

    public static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = Ascii.EqualsIgnoreCase(text, "true"u8);
        return value || Ascii.EqualsIgnoreCase(text, "false"u8);
    }

    sealed class IntegerValue(ColumnType type, Int64ColumnBuilder builder, bool exact) : TextValue
    {
        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            if (!NumberText.TryInteger(text, exact, out long value) || !type.Holds(value)) return false;
            builder.Append(value);
            return true;
        }
    }

    sealed class UnsignedValue(UInt64ColumnBuilder builder, bool exact) : TextValue
    {
        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            if (!NumberText.TryUnsigned(text, exact, out ulong value)) return false;
            builder.Append(value);
            return true;
        }
    }

    sealed class NumberValue(ColumnType type, Float64ColumnBuilder builder, bool exact) : TextValue
    {
        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            if (!NumberText.TryDouble(text, exact, out double value) || !type.TryRound(ref value)) return false;
            builder.Append(value);
            return true;
        }
    }

    sealed class BooleanValue(BooleanColumnBuilder builder) : TextValue
    {
        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            if (!TryBoolean(text, out bool value)) return false;
            builder.Append(value);
            return true;
        }
    }

    sealed class DecimalValue(ColumnType type, DecimalColumnBuilder builder) : TextValue
    {
        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            scoped Span<byte> buffer = stackalloc byte[NumberCulture.BufferLength];
            if (!DecimalNumber.TryParse(NumberText.Plain(text, buffer), out var number)
                || !DecimalNumber.TryRescale(number.Unscaled, number.Scale, type, out var unscaled)) return false;
            builder.Append(unscaled);
            return true;
        }
    }

    sealed class DateValue(DateColumnBuilder builder) : TextValue
    {
        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            if (!IsoTime.TryParse(text, out var time) || time.HasTime) return false;
            builder.Append(time.Day);
            return true;
        }
    }

    sealed class TimestampValue(ColumnType type, TimestampColumnBuilder builder) : TextValue
    {
        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            if (!IsoTime.TryParse(text, out var time) || !time.TryToTimestamp(type, out long value)) return false;
            builder.Append(value);
            return true;
        }
    }

    /// <summary>Binary values, written in Base64.</summary>
    sealed class BinaryValue(BinaryColumnBuilder builder) : TextValue
    {
        byte[] _bytes = new byte[256];

        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            if (_bytes.Length < text.Length) _bytes = new byte[2 * text.Length];
            if (Base64.DecodeFromUtf8(text, _bytes, out int read, out int written) != System.Buffers.OperationStatus.Done
                || read != text.Length) return false;
            builder.Append(_bytes.AsSpan(0, written));
            return true;
        }
    }

    sealed class UuidValue(BinaryColumnBuilder builder) : TextValue
    {
        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            Span<byte> bytes = stackalloc byte[16];
            if (!Utf8Parser.TryParse(text, out Guid uuid, out int used) || used != text.Length
                || !uuid.TryWriteBytes(bytes, bigEndian: true, out _)) return false;
            builder.Append(bytes);
            return true;
        }
    }

    /// <summary>Numbers in brackets, separated by commas: a JSON array. One that isn't there is <c>null</c>.</summary>
    sealed class ListValue(ColumnType type, ListColumnBuilder builder) : TextValue
    {
        readonly ColumnBuilder _scratch = ColumnBuilder.Create(type.ElementType);

        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            if (text is not [(byte)'[', .., (byte)']']) return false;
            text = text[1..^1];
            // Tried first, so that a list that isn't one leaves nothing behind.
            _scratch.Reset();
            if (!TryElements(text, _scratch)) return false;
            TryElements(text, builder.Elements);
            builder.EndList();
            return true;
        }

        bool TryElements(ReadOnlySpan<byte> text, ColumnBuilder elements)
        {
            if (text.Trim((byte)' ').IsEmpty) return true;
            var value = Create(type.ElementType, elements);
            foreach (var range in text.Split((byte)','))
            {
                var element = text[range].Trim((byte)' ');
                if (element.SequenceEqual("null"u8)) elements.AppendNull();
                else if (!value.TryAppend(element)) return false;
            }
            return true;
        }
    }

    sealed class Utf8Value(TextColumnBuilder builder) : TextValue
    {
        public override bool TryAppend(ReadOnlySpan<byte> text)
        {
            builder.Append(text);
            return true;
        }
    }

    /// <summary>A number as a culture writes it.</summary>
    sealed class CultureValue(TextValue value, NumberCulture culture) : TextValue
    {
        readonly byte[] _buffer = new byte[NumberCulture.BufferLength];

        public override bool TryAppend(ReadOnlySpan<byte> text) =>
            culture.TryNormalize(text, _buffer, out int length) && value.TryAppend(_buffer.AsSpan(0, length));
    }
}
