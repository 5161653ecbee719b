using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Apache.Arrow;
using RedisML.Columns;
using StackExchange.Redis;

namespace RedisML.Datasets.Rows;

/// <summary>The values of one column of a batch as text, as other programs read them from Redis.</summary>
/// <remarks>Numbers are decimal with a point, times ISO 8601, binary values base64, lists JSON arrays. A missing value is null.</remarks>
sealed class RowText(IArrowArray array, ColumnType type)
{
    // Text with few values is encoded once a value.
    readonly RedisValue[] _entries = array is DictionaryArray { Dictionary: StringArray values } ? new RedisValue[values.Length] : [];

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
                byte[] bytes => Convert.ToBase64String(bytes),
                DateTime time when type.Kind == TypeKind.Date32 => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
                DateTimeOffset time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFzzz", CultureInfo.InvariantCulture),
                System.Array list => JsonSerializer.Serialize<object>(list),
                var other => Convert.ToString(other, CultureInfo.InvariantCulture),
            };
        }
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
