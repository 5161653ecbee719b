using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Formats.Text;
using StackExchange.Redis;

namespace RedisML.Datasets.Rows;

/// <summary>The values of one column of a batch as text, as other programs read them from Redis.</summary>
/// <remarks>Numbers are decimal with a point, times ISO 8601, binary values base64, lists JSON arrays. A missing value is null. Dates and
/// timestamps beyond .NET's years have no text: <c>TimestampOutOfRange</c>.</remarks>
sealed class RowText(IArrowArray array, ColumnType type)
{
    // Text with few values is encoded once a value.
    readonly RedisValue[] _entries = array is DictionaryArray { Dictionary: StringArray values } ? new RedisValue[values.Length] : [];

    readonly ArrayBufferWriter<byte> _buffer = new();

    public RedisValue this[int row]
    {
        get
        {
            if (array.IsNull(row)) return RedisValue.Null;
            if (type.IsInteger && type.Kind != TypeKind.UInt64 && ArrowValues.TryGetInt64(array, row, out long integer)) return integer;
            if (type.Kind == TypeKind.Utf8) return TextAt(row);
            return ArrowValues.GetObject(array, row, type) switch
            {
                double number => Formatted(number),
                float number => number.ToString("R", CultureInfo.InvariantCulture),
                bool flag => flag ? "true" : "false",
                _ => Written(row),
            };
        }
    }

    /// <summary>As text files have it, which keeps nanoseconds and numbers of lists that JSON lacks.</summary>
    RedisValue Written(int row)
    {
        _buffer.ResetWrittenCount();
        try
        {
            ArrowText.Write(_buffer, array, row, type);
        }
        catch (RedisMLException e) when (e.ErrorId == "TimestampOutOfRange")
        {
            throw new RedisMLException(e.ErrorId, e.Kind, $"{e.Message}, and so rows of Hash and Stream don't; -Layout Columnar does.",
                e.Target, e);
        }
        return _buffer.WrittenSpan.ToArray();
    }

    RedisValue TextAt(int row)
    {
        if (_entries.Length == 0 || array is not DictionaryArray { Indices: var indices }
            || !ArrowValues.TryGetInt64(indices, row, out long index))
            return ArrowValues.TryGetText(array, row, out var text) ? text.ToArray() : RedisValue.Null;
        if (_entries[index].IsNull && ArrowValues.TryGetText(array, row, out var entry)) _entries[index] = entry.ToArray();
        return _entries[index];
    }

    static RedisValue Formatted(double number)
    {
        Span<byte> text = stackalloc byte[32];
        Utf8Formatter.TryFormat(number, text, out int length);
        return text[..length].ToArray();
    }
}
