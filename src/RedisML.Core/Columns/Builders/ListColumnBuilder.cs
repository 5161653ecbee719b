using Apache.Arrow;
using Apache.Arrow.Types;

namespace RedisML.Columns.Builders;

/// <summary>Lists of numbers, which lie one behind the other in a builder of their own and take the narrowest type together.</summary>
sealed class ListColumnBuilder(ColumnType type) : ColumnBuilder
{
    int[] _offsets = new int[1];

    /// <summary>Takes the numbers of the list that <see cref="EndList"/> ends.</summary>
    public ColumnBuilder Elements { get; } = Create(type.ElementType);

    public void EndList()
    {
        Count++;
        MakeRoom(ref _offsets, Count);
        _offsets[Count] = Elements.Count;
    }

    public override void AppendFrom(IArrowArray array, int row)
    {
        if (array.IsNull(row))
        {
            AppendNull();
            return;
        }
        var (values, start, count) = ArrowValues.ListAt(array, row);
        Elements.AppendRange(values, start, count);
        EndList();
    }

    public override BuiltColumn Build()
    {
        var elements = Elements.Build();
        var listType = new ListType(new Field("item", elements.Type, nullable: true));
        var list =
            new ListArray(listType, Count, new ArrowBuffer(AsMemory(_offsets, Count + 1)), elements.Array, Validity(), MissingCount, 0);
        return new(listType, list, new(Count - MissingCount, MissingCount, 0, 0, null, null));
    }

    public override void Reset()
    {
        base.Reset();
        Elements.Reset();
    }

    protected override void AppendPlaceholder() => EndList();
}
