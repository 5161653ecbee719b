using CsvHelper;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Formats.Text;

namespace RedisML.Formats.Csv;

/// <summary>Parses the fields of one column into its builder.</summary>
abstract class CsvField
{
    bool _takesUsualMissing;

    /// <summary>Appends field <paramref name="index"/> of the current record, which isn't missing;
    /// false where it doesn't fit the type.</summary>
    public abstract bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text);

    /// <summary>Whether a text usually stands for a missing value among values of this type, as nobody said what does.</summary>
    public bool IsUsuallyMissing(ReadOnlySpan<byte> text) => _takesUsualMissing && MissingText.IsUsual(text);

    /// <param name="column">Without a type where no sample had a value: then any value is a misfit.</param>
    /// <param name="index">Of the column, for <paramref name="notes"/>.</param>
    /// <param name="notes">Null where nobody asks.</param>
    public static CsvField Create(SourceColumn column, int index, ColumnBuilder builder, CsvDialect dialect, ValueNotes? notes)
    {
        bool exact = column.Inferred;
        CsvField field = column.Type?.Kind switch
        {
            null => new NoValueField(),
            TypeKind.Utf8 when column.Almost is { } almost && notes is not null =>
                new WatchedTextField((TextColumnBuilder)builder, almost, dialect.Culture, index, notes),
            TypeKind.Utf8 => new TextField((TextColumnBuilder)builder),
            _ when dialect.Culture is not null => new OtherField(TextValue.Create(column.Type.Value, builder, exact, dialect.Culture)),
            TypeKind.Int64 => new Int64Field((Int64ColumnBuilder)builder, exact, dialect, index, notes),
            TypeKind.Float64 => new Float64Field((Float64ColumnBuilder)builder, exact, dialect, index, notes),
            TypeKind.Boolean => new BooleanField((BooleanColumnBuilder)builder),
            _ => new OtherField(TextValue.Create(column.Type.Value, builder, exact)),
        };
        field._takesUsualMissing = dialect.TakesUsualMissing && (column.Type is not { } type || type.IsNumeric || type.IsTime);
        return field;
    }

    /// <summary>The narrowest type that holds the value: the one rule by which samples are judged and types widened.</summary>
    public static ColumnType TypeOf(CsvReader reader, int index, NumberCulture? culture) =>
        TextValue.TypeOf(reader.GetSpan(index), culture);

    /// <summary>Whether the value is at first sight one of a column of numbers, as most are:
    /// then <see cref="TypeOf"/> needn't be asked.</summary>
    public static bool IsPlainly(ColumnType? type, ReadOnlySpan<byte> text, NumberCulture? culture) =>
        culture is null && !NumberText.HasLeadingZero(text) && type?.Kind switch
        {
            TypeKind.Int64 => DecimalText.TryInt64(text, out _),
            TypeKind.Float64 => DecimalText.TryDouble(text, out _),
            _ => false,
        };

    /// <summary>Any type that isn't met so often.</summary>
    sealed class OtherField(TextValue value) : CsvField
    {
        public override bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text) => value.TryAppend(text);
    }

    sealed class NoValueField : CsvField
    {
        public override bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text) => false;
    }

    sealed class Int64Field(Int64ColumnBuilder builder, bool exact, CsvDialect dialect, int column, ValueNotes? notes)
        : NumberField<long>(builder, dialect, column, notes)
    {
        protected override bool TryParseShort(ReadOnlySpan<byte> text, out long value) => NumberText.TryInteger(text, exact, out value);

        protected override bool TryParseLong(CsvReader reader, int index, ReadOnlySpan<byte> text, out long value) =>
            TryParseShort(text, out value);

        protected override void Append(long value) => builder.Append(value);

        protected override int ReadVectors(ReadOnlySpan<byte> block, ReadOnlySpan<FieldPlace> places) =>
            DecimalVectors.Read(block, places, exact, builder.Reserve(places.Length));
    }

    sealed class Float64Field(Float64ColumnBuilder builder, bool exact, CsvDialect dialect, int column, ValueNotes? notes)
        : NumberField<double>(builder, dialect, column, notes)
    {
        protected override bool TryParseShort(ReadOnlySpan<byte> text, out double value) => NumberText.TryDouble(text, exact, out value);

        /// <remarks>CsvHelper reads seventeen digits three times as fast as the runtime does. It takes a comma for a separator of
        /// thousands: here 1,5 isn't 15.</remarks>
        protected override bool TryParseLong(CsvReader reader, int index, ReadOnlySpan<byte> text, out double value)
        {
            if (DecimalText.TryDouble(text, out value)) return !(exact && NumberText.HasLeadingZero(text));
            return text[^1] is >= (byte)'0' and <= (byte)'9' && !text.Contains((byte)',') && reader.TryParse(index, out value)
                && double.IsFinite(value)
                ? !exact || !NumberText.HasLeadingZero(text) && NumberText.Survives(text, value)
                : NumberText.TryDouble(text, exact, out value);
        }

        protected override void Append(double value) => builder.Append(value);

        protected override int ReadVectors(ReadOnlySpan<byte> block, ReadOnlySpan<FieldPlace> places) =>
            DecimalVectors.Read(block, places, exact, builder.Reserve(places.Length));
    }

    sealed class BooleanField(BooleanColumnBuilder builder) : CsvField
    {
        public override bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text)
        {
            if (!TextValue.TryBoolean(text, out bool value)) return false;
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

    /// <summary>Text among which most values are of another type: those that aren't are noted.</summary>
    sealed class WatchedTextField(TextColumnBuilder builder, ColumnType almost, NumberCulture? culture, int column, ValueNotes notes)
        : CsvField
    {
        public override bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text)
        {
            builder.Append(text);
            if (!IsPlainly(almost, text, culture) && ColumnType.Union(almost, TextValue.TypeOf(text, culture)) == ColumnType.Utf8)
                notes.Add(column, NoteKind.Misfit, text, reader.ByteOffset);
            return true;
        }
    }
}
