using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Formats.Objects;

namespace RedisML.Formats.Arrow;

/// <summary>Appends the arrays of a column to its builder: as they are, or value by value where the dataset's type is another.</summary>
sealed class BatchColumn
{
    const int MaxShownValue = 60;

    readonly ColumnBuilder _builder;
    readonly ColumnType? _source;
    readonly ObjectValue? _converted;

    public BatchColumn(IArrowType source, ColumnType target, ColumnBuilder builder)
    {
        (_builder, _source) = (builder, ArrowTypes.ToColumnType(source));
        bool isUuid = target.IsUuid && source is FixedSizeBinaryType { ByteWidth: 16 };
        if (_source != target && !isUuid) _converted = new(target, builder);
    }

    /// <param name="firstRow">The number in the part of the first of the rows.</param>
    public void Append(IArrowArray array, int start, int count, int firstRow, int column, IReadOnlySet<int> left, List<BadRow> bad)
    {
        if (array is NullArray)
        {
            for (int i = 0; i < count; i++)
                if (!left.Contains(firstRow + i)) _builder.AppendNull();
        }
        else if (_converted is null && left.Count == 0) _builder.AppendRange(array, start, count);
        else
        {
            for (int i = 0; i < count; i++)
            {
                if (left.Contains(firstRow + i)) continue;
                if (_converted is null) _builder.AppendFrom(array, start + i);
                else if (ValueAt(array, start + i, _source!.Value) is var value && !_converted.TryAppend(value))
                {
                    _builder.AppendNull();
                    bad.Add(Bad(firstRow + i, column, value!));
                }
            }
        }
    }

    /// <summary>A value as an object; null where it is missing.</summary>
    public static object? ValueAt(IArrowArray array, int row, IArrowType type) =>
        array is NullArray ? null : ValueAt(array, row, ArrowTypes.ToColumnType(type)!.Value);

    static object? ValueAt(IArrowArray array, int row, ColumnType type) =>
        ArrowValues.GetObject(Plain(array, row, out int plainRow), plainRow, type);

    static IArrowArray Plain(IArrowArray array, int row, out int plainRow)
    {
        if (array is DictionaryArray dictionary && !dictionary.IsNull(row))
        {
            plainRow = ArrowValues.IndexOf(dictionary, row);
            return dictionary.Dictionary;
        }
        plainRow = row;
        return array;
    }

    static BadRow Bad(int row, int column, object value)
    {
        string text = ObjectValue.TextOf(value);
        return new(row + 1, column, text.Length <= MaxShownValue ? text : text[..MaxShownValue] + "…", "", ColumnType.Utf8);
    }
}
