using RedisML.Columns;
using RedisML.Expressions;

namespace RedisML.Unit.Expressions;

public sealed class ExpressionInverseTests
{
    /// <summary>What an expression makes of a value is made that value again.</summary>
    [Theory]
    [InlineData("log(x)")]
    [InlineData("log10(x)")]
    [InlineData("log1p(x)")]
    [InlineData("exp(x / 4)")]
    [InlineData("sqrt(x)")]
    [InlineData("-x")]
    [InlineData("x + 3")]
    [InlineData("3 + x")]
    [InlineData("x - 3")]
    [InlineData("3 - x")]
    [InlineData("x * -2")]
    [InlineData("2 * x")]
    [InlineData("x / 7")]
    [InlineData("7 / x")]
    [InlineData("x ^ 3")]
    [InlineData("x ^ 0.25")]
    [InlineData("x ^ -1")]
    [InlineData("pow(2, x)")]
    [InlineData("3 * log1p(x / 1000) - 1")]
    public void The_way_back_leads_to_the_value(string expression)
    {
        var inverse = ExpressionInverse.Of(new([new("y", expression)]), "y")!;
        Assert.Equal("x", inverse.Column);
        double[] values = [0.5, 1, 2.25, 9];
        var computed = (NumberVector)ColumnExpression.Parse(expression).Evaluate(_ => new NumberVector(ColumnType.Float64, values), 4);
        for (int i = 0; i < values.Length; i++) Assert.Equal(values[i], inverse.Invert(computed.Values[i]), 1e-9);
    }

    [Fact]
    public void It_goes_through_columns_derived_from_each_other()
    {
        var inverse = ExpressionInverse.Of(new([new("y", "log(half)"), new("half", "price / 2")]), "y")!;
        Assert.Equal("price", inverse.Column);
        Assert.Equal(2 * Math.E, inverse.Invert(1), 1e-12);
    }

    /// <summary>Several values, or several columns, lead to the same result, or the column isn't derived.</summary>
    [Theory]
    [InlineData("x ^ 2")]
    [InlineData("abs(x)")]
    [InlineData("round(x)")]
    [InlineData("x / z")]
    [InlineData("x - x")]
    [InlineData("x * 0")]
    [InlineData("x > 3")]
    [InlineData("max(x, 3)")]
    [InlineData("if(x > 0, x, 1)")]
    [InlineData("1 ^ x")]
    [InlineData("year(x)")]
    public void Where_there_is_no_single_way_back_there_is_none(string expression) =>
        Assert.Null(ExpressionInverse.Of(new([new("y", expression)]), "y"));

    [Fact]
    public void A_stored_column_was_computed_from_nothing() => Assert.Null(ExpressionInverse.Of(new([new("y", "log(x)")]), "x"));
}
