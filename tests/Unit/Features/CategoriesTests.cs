using RedisML.Columns;

namespace RedisML.Unit.Features;

public sealed class CategoriesTests
{
    [Fact]
    public void Numbers_are_levels_by_value_and_ordered_by_it()
    {
        var column =
            Categories.Of(new NumberVector(ColumnType.Float64, new double[] { 10, -0.0, 9.5, 0, double.NaN, 10 }), ColumnType.Int64);
        Assert.Equal([0, 1, 2, 1, -1, 0], column.Codes.ToArray());
        Assert.Equal(["0", "9.5", "10"], Categories.Order(ColumnType.Float64, column.Levels));
    }

    [Fact]
    public void Booleans_are_false_and_true() =>
        Assert.Equal(["false", "true"], Categories.Order(ColumnType.Boolean,
            Categories.Of(new NumberVector(ColumnType.Boolean, new double[] { 1, 0 }), ColumnType.Boolean).Levels));

    [Fact]
    public void Text_is_ordered_ordinally() =>
        Assert.Equal(["10", "9", "B", "a", "é"], Categories.Order(ColumnType.Utf8, ["é", "a", "B", "9", "10"]));
}
