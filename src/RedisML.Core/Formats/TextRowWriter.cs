using System.Buffers;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Formats.Text;

namespace RedisML.Formats;

/// <summary>Writes rows as text. What would come back as something else is refused.</summary>
/// <param name="format">What messages call it.</param>
abstract class TextRowWriter(Stream stream, IReadOnlyList<ColumnSchema> schema, string format) : RowWriter
{
    long _rows;

    protected IReadOnlyList<ColumnSchema> Schema => schema;

    protected Stream Stream => stream;

    protected ArrayBufferWriter<byte> Buffer { get; } = new(1 << 20);

    /// <exception cref="RedisMLException"><c>ValueNotInFormat</c>, with column and row.</exception>
    public override async Task WriteAsync(IReadOnlyList<IArrowArray> columns, int start, int count, CancellationToken cancellation)
    {
        Format(columns, start, count);
        _rows += count;
        await stream.WriteAsync(Buffer.WrittenMemory, cancellation).ConfigureAwait(false);
        Buffer.ResetWrittenCount();
    }

    protected abstract void Format(IReadOnlyList<IArrowArray> columns, int start, int count);

    /// <summary>Writes a value that is there as <see cref="ArrowText"/> does.</summary>
    /// <param name="place">Rows from the first that the call writes.</param>
    protected void WriteText(IBufferWriter<byte> target, IArrowArray array, int row, int column, int place)
    {
        try
        {
            ArrowText.Write(target, array, row, schema[column].Type);
        }
        catch (RedisMLException e) when (e.ErrorId == "TimestampOutOfRange")
        {
            throw Refused(e.Message, column, place, e);
        }
    }

    /// <summary>The error for a value that the format can't tell from another.</summary>
    protected RedisMLException Refused(string what, int column, int place, Exception? inner = null) =>
        new("ValueNotInFormat", ErrorKind.InvalidData,
        $"Column '{schema[column].Name}', row {_rows + place + 1:N0}: {what}. {format} can't hold it; export to Arrow or Parquet, or " +
        "leave the column out (-Column).", schema[column].Name, inner);

    /// <summary>Whether a number, or one of a list, is one that <paramref name="test"/> tells.</summary>
    protected static bool Any(IArrowArray array, int row, ColumnType type, Func<double, bool> test)
    {
        if (type.Kind is TypeKind.Float32 or TypeKind.Float64)
            return ArrowValues.TryGetDouble(array, row, out double number) && test(number);
        if (type is not { Kind: TypeKind.List, Element: TypeKind.Float32 or TypeKind.Float64 }) return false;
        var (values, start, count) = ArrowValues.ListAt(array, row);
        for (int i = start; i < start + count; i++)
            if (ArrowValues.TryGetDouble(values, i, out double element) && test(element)) return true;
        return false;
    }
}
