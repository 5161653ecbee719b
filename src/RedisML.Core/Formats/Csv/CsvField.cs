using System.Globalization;
using System.Text;
using CsvHelper;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Formats.Text;

namespace RedisML.Formats.Csv;

/// <summary>Parses the fields of one column into its builder.</summary>
abstract class CsvField
{
    /// <summary>Appends field <paramref name="index"/> of the current record, which isn't missing; false where it doesn't fit the type.</summary>
    public abstract bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text);

    /// <param name="type">Null for a column in which no sample had a value: then any value is a misfit.</param>
    /// <param name="exact">Whether the type was inferred: then <c>01234</c> is no integer.</param>
    public static CsvField Create(ColumnType? type, bool exact, ColumnBuilder builder, CsvDialect dialect) => type?.Kind switch
    {
        null => new NoValueField(),
        _ when dialect.Culture is not null => new OtherField(TextValue.Create(type.Value, builder, exact, dialect.Culture)),
        TypeKind.Int64 => new Int64Field((Int64ColumnBuilder)builder, exact, dialect),
        TypeKind.Float64 => new Float64Field((Float64ColumnBuilder)builder, dialect),
        TypeKind.Boolean => new BooleanField((BooleanColumnBuilder)builder),
        TypeKind.Utf8 => new TextField((TextColumnBuilder)builder),
        _ => new OtherField(TextValue.Create(type.Value, builder, exact)),
    };

    /// <summary>The narrowest type that holds the value: the one rule by which samples are judged and types widened.</summary>
    public static ColumnType TypeOf(CsvReader reader, int index, NumberCulture? culture)
    {
        var text = reader.GetSpan(index);
        if (culture is not null) return TextValue.TypeOf(text, culture);
        if (TryBoolean(text, out _)) return ColumnType.Boolean;
        if (IsoTime.TryParse(text, out var time) && time.Type is { } temporal) return temporal;
        if (IsInteger(text)) return !HasLeadingZero(text) && reader.TryParse(index, out long _) ? ColumnType.Int64 : ColumnType.Utf8;
        return !HasLeadingZero(text) && TryDouble(reader, index, text, out _) ? ColumnType.Float64 : ColumnType.Utf8;
    }

    /// <summary>Whether the value is at first sight one of a column of numbers, as most are: then <see cref="TypeOf"/> needn't be asked.</summary>
    public static bool IsPlainly(ColumnType? type, ReadOnlySpan<byte> text, NumberCulture? culture) => culture is null && !HasLeadingZero(text) && type?.Kind switch
    {
        TypeKind.Int64 => DecimalText.TryInt64(text, out _),
        TypeKind.Float64 => DecimalText.TryDouble(text, out _),
        _ => false,
    };

    static bool IsInteger(ReadOnlySpan<byte> text)
    {
        var digits = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary>A number such as 01234 is a code whose zero matters.</summary>
    static bool HasLeadingZero(ReadOnlySpan<byte> text)
    {
        var digits = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        return digits is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..];
    }

    /// <summary>CsvHelper takes a comma for a separator of thousands; here 1,5 in a file with semicolons must not become 15.</summary>
    static bool TryDouble(CsvReader reader, int index, ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        return !text.Contains((byte)',') && reader.TryParse(index, out value);
    }

    static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = Ascii.EqualsIgnoreCase(text, "true"u8);
        return value || Ascii.EqualsIgnoreCase(text, "false"u8);
    }

    /// <summary>Any type that isn't met so often.</summary>
    sealed class OtherField(TextValue value) : CsvField
    {
        public override bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text) => value.TryAppend(text);
    }

    sealed class NoValueField : CsvField
    {
        public override bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text) => false;
    }

    sealed class Int64Field(Int64ColumnBuilder builder, bool exact, CsvDialect dialect) : NumberField<long>(builder, dialect)
    {
        protected override bool TryParseShort(ReadOnlySpan<byte> text, out long value)
        {
            value = 0;
            return !(exact && HasLeadingZero(text)) && TextValue.TryInteger(text, out value);
        }

        protected override bool TryParseLong(CsvReader reader, int index, ReadOnlySpan<byte> text, out long value) => TryParseShort(text, out value);

        protected override void Append(long value) => builder.Append(value);

        protected override int ReadVectors(ReadOnlySpan<byte> block, ReadOnlySpan<FieldPlace> places) =>
            DecimalVectors.Read(block, places, exact, builder.Extend(places.Length));
    }

    sealed class Float64Field(Float64ColumnBuilder builder, CsvDialect dialect) : NumberField<double>(builder, dialect)
    {
        protected override bool TryParseShort(ReadOnlySpan<byte> text, out double value) =>
            DecimalText.TryDouble(text, out value) || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

        /// <remarks>CsvHelper reads seventeen digits three times as fast as the runtime does.</remarks>
        protected override bool TryParseLong(CsvReader reader, int index, ReadOnlySpan<byte> text, out double value) =>
            DecimalText.TryDouble(text, out value) || TryDouble(reader, index, text, out value);

        protected override void Append(double value) => builder.Append(value);

        protected override int ReadVectors(ReadOnlySpan<byte> block, ReadOnlySpan<FieldPlace> places) =>
            DecimalVectors.Read(block, places, builder.Extend(places.Length));
    }

    sealed class BooleanField(BooleanColumnBuilder builder) : CsvField
    {
        public override bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text)
        {
            if (!TryBoolean(text, out bool value)) return false;
            builder.Append(value);
            return true;
        }
    }

    sealed class TextField(TextColumnBuilder builder) : CsvField
    {
        public override bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text)
        {
            builder.Append(text);
            return true;
        }
    }
}
