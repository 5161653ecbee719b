using CsvHelper;
using RedisML.Columns.Builders;
using RedisML.Formats.Text;

namespace RedisML.Formats.Csv;

/// <summary>Parses the fields of a column of numbers, those of many rows at once.</summary>
abstract class NumberField : CsvField
{
    /// <summary>Parses a field of the current record that has no place, and keeps its value for the row;
    /// false where it doesn't fit.</summary>
    public abstract bool TryKeep(CsvReader reader, int index, ReadOnlySpan<byte> text, int row);

    /// <summary>Appends the fields of some rows, of which those without text are missing; false where one doesn't fit.</summary>
    /// <param name="places">The place of the field in each row.</param>
    public abstract bool TryAppend(ReadOnlySpan<byte> block, ReadOnlySpan<FieldPlace> places);
}

/// <inheritdoc/>
/// <param name="builder">Takes the values.</param>
/// <param name="dialect">What stands for a missing value.</param>
/// <param name="column">Its index, for <paramref name="notes"/>.</param>
abstract class NumberField<T>(ColumnBuilder builder, CsvDialect dialect, int column, ValueNotes? notes) : NumberField where T : unmanaged
{
    // A missing value that looks like a number has to be looked for in each field.
    readonly bool _inVectors = !dialect.NullValues.Any(v => DecimalText.TryDouble(v.Span, out _));
    T[] _kept = [];

    public sealed override bool TryAppend(CsvReader reader, int index, ReadOnlySpan<byte> text)
    {
        if (!TryParse(reader, index, text, out var value)) return false;
        Append(value);
        return true;
    }

    public sealed override bool TryKeep(CsvReader reader, int index, ReadOnlySpan<byte> text, int row)
    {
        if (row >= _kept.Length) Array.Resize(ref _kept, Math.Max(2 * row, 16));
        return TryParse(reader, index, text, out _kept[row]);
    }

    public sealed override bool TryAppend(ReadOnlySpan<byte> block, ReadOnlySpan<FieldPlace> places)
    {
        for (int row = 0; row < places.Length;)
        {
            if (_inVectors)
            {
                int read = ReadVectors(block, places[row..]);
                builder.Commit(read);
                row += read;
            }
            // What ended the vectors is among the next few.
            for (int end = Math.Min(row + DecimalVectors.Lanes, places.Length); row < end; row++)
                if (!TryAppend(block, places[row], row)) return false;
        }
        return true;
    }

    /// <summary>Parses a text of up to <see cref="FieldPlace.MaxLength"/> bytes, wherever it stands: one judge of a value, so that the
    /// sieve finds what the parser refused.</summary>
    protected abstract bool TryParseShort(ReadOnlySpan<byte> text, out T value);

    /// <summary>Parses a longer text, which is a field of the current record.</summary>
    protected abstract bool TryParseLong(CsvReader reader, int index, ReadOnlySpan<byte> text, out T value);

    protected abstract void Append(T value);

    /// <summary>Reads the first fields into the builder's room for more.</summary>
    /// <returns>How many fields were read.</returns>
    protected abstract int ReadVectors(ReadOnlySpan<byte> block, ReadOnlySpan<FieldPlace> places);

    bool TryParse(CsvReader reader, int index, ReadOnlySpan<byte> text, out T value) =>
        text.Length <= FieldPlace.MaxLength ? TryParseShort(text, out value) : TryParseLong(reader, index, text, out value);

    bool TryAppend(ReadOnlySpan<byte> block, FieldPlace place, int row)
    {
        T value;
        if (place == FieldPlace.Kept) value = _kept[row];
        else
        {
            var text = place.In(block);
            if (dialect.IsNull(text))
            {
                builder.AppendNull();
                return true;
            }
            if (IsUsuallyMissing(text))
            {
                notes?.Add(column, NoteKind.TakenForMissing, text, place.Start);
                builder.AppendNull();
                return true;
            }
            if (!TryParseShort(text, out value)) return false;
        }
        Append(value);
        return true;
    }
}
