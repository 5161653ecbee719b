using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;

namespace RedisML.Unit.Expressions;

public sealed class ColumnExpressionTests
{
    const double Missing = double.NaN;

    static readonly Dictionary<string, ColumnVector> s_columns = new()
    {
        ["x"] = new NumberVector(ColumnType.Float64, new[] { 4, -2.5, 0, Missing }),
        ["n"] = new NumberVector(ColumnType.Int64, new[] { 1.0, 2, 3, 4 }),
        ["flag"] = new NumberVector(ColumnType.Boolean, new[] { 1.0, 0, Missing, 1 }),
        ["cut"] = new TextVector(new[] { 0, 1, -1, 2 }, ["good", "it's", "good"]),
        ["sepal length (cm)"] = new NumberVector(ColumnType.Float64, new[] { 10.0, 20, 30, 40 }),
        ["a]b"] = new NumberVector(ColumnType.Float64, new[] { 1.0, 1, 1, 1 }),
        ["Wert.größe"] = new NumberVector(ColumnType.Float64, new[] { 7.0, 7, 7, 7 }),
    };

    [Theory]
    [InlineData("x + n * 2", 6, 1.5, 6, Missing)]
    [InlineData("(x + n) * 2", 10, -1, 6, Missing)]
    [InlineData("n - 1 - 1", -1, 0, 1, 2)]
    [InlineData("-n^2", -1, -4, -9, -16)]
    [InlineData("2 ** n ** 2", 2, 16, 512, 65536)]
    [InlineData("2 ^ -n", 0.5, 0.25, 0.125, 0.0625)]
    [InlineData("n ^ 0", 1, 1, 1, 1)]
    [InlineData("x ^ 0", 1, 1, 1, Missing)]
    [InlineData("x % 3", 1, -2.5, 0, Missing)]
    [InlineData("n / x", 0.25, -0.8, Missing, Missing)]
    [InlineData("sqrt(x)", 2, Missing, 0, Missing)]
    [InlineData("log(n) + log10(100) - log1p(0) + .5e1", 7, 7.6931471805599453, 8.09861228866811, 8.38629436111989)]
    [InlineData("log1p(n * 1e-20)", 1e-20, 2e-20, 3e-20, 4e-20)]
    [InlineData("log(x)", 1.3862943611198906, Missing, Missing, Missing)]
    [InlineData("exp(n) / exp(n)", 1, 1, 1, 1)]
    [InlineData("floor(x) + ceil(x)", 8, -5, 0, Missing)]
    [InlineData("round(n / 2)", 0, 1, 2, 2)]
    [InlineData("abs(x)", 4, 2.5, 0, Missing)]
    [InlineData("sin(x - x) + cos(x - x)", 1, 1, 1, Missing)]
    [InlineData("pow(n, 2)", 1, 4, 9, 16)]
    [InlineData("max(x, n, 2)", 4, 2, 3, Missing)]
    [InlineData("min(n, 3)", 1, 2, 3, 3)]
    [InlineData("x > 0", 1, 0, 0, Missing)]
    [InlineData("x >= 0", 1, 0, 1, Missing)]
    [InlineData("x < 0", 0, 1, 0, Missing)]
    [InlineData("x <= 0", 0, 1, 1, Missing)]
    [InlineData("x == 0 or x = 4", 1, 0, 1, Missing)]
    [InlineData("x != 0", 1, 1, 0, Missing)]
    [InlineData("not x > 0", 0, 1, 1, Missing)]
    [InlineData("!(x > 0)", 0, 1, 1, Missing)]
    [InlineData("flag and n > 1", 0, 0, Missing, 1)]
    [InlineData("flag && false", 0, 0, 0, 0)]
    [InlineData("flag or n == 3", 1, 0, 1, 1)]
    [InlineData("flag || true", 1, 1, 1, 1)]
    [InlineData("isnull(x) or x > 0", 1, 0, 0, 1)]
    [InlineData("flag == (n > 0)", 1, 0, Missing, 1)]
    [InlineData("(n > 2) + (n > 1)", 0, 1, 2, 2)]
    [InlineData("if(x > 0, n, -n)", 1, -2, -3, Missing)]
    [InlineData("if(n > 3, 0, x)", 4, -2.5, 0, 0)]
    [InlineData("coalesce(x, 9)", 4, -2.5, 0, 9)]
    [InlineData("coalesce(x / 0 - x / 0, x, n)", 4, -2.5, 0, 4)]
    [InlineData("cut == 'good'", 1, 0, Missing, 1)]
    [InlineData("cut != \"it's\"", 1, 0, Missing, 1)]
    [InlineData("cut == 'it''s'", 0, 1, Missing, 0)]
    [InlineData("'good' == cut", 1, 0, Missing, 1)]
    [InlineData("cut == coalesce(cut, 'none')", 1, 1, Missing, 1)]
    [InlineData("isnull(cut)", 0, 0, 1, 0)]
    [InlineData("coalesce(cut, 'none') == 'none'", 0, 0, 1, 0)]
    [InlineData("[sepal length (cm)] / `sepal length (cm)` + [a]]b]", 2, 2, 2, 2)]
    [InlineData("Wert.größe", 7, 7, 7, 7)]
    [InlineData("NOT flag AND FALSE", 0, 0, 0, 0)]
    public void GivesANumberForEachRow(string expression, double first, double second, double third, double fourth)
    {
        var result = Assert.IsType<NumberVector>(Evaluate(expression));
        Assert.Equal([first, second, third, fourth], result.Values.ToArray(), (a, b) =>
            a.Equals(b) || Math.Abs(a - b) <= 1e-14 * Math.Abs(a));
    }

    [Theory]
    [InlineData("cut", "good", "it's", null, "good")]
    [InlineData("coalesce(cut, 'none')", "good", "it's", "none", "good")]
    [InlineData("if(x > 0, 'plus', cut)", "plus", "it's", null, null)]
    [InlineData("if(x > 0, 'plus', if(x < 0, 'minus', 'zero'))", "plus", "minus", "zero", null)]
    public void GivesATextForEachRow(string expression, params string?[] expected)
    {
        var result = Assert.IsType<TextVector>(Evaluate(expression));
        Assert.Equal(expected, result.Codes.ToArray().Select(c => c < 0 ? null : result.Levels[c]));
    }

    [Theory]
    [InlineData("x", "Float64")]
    [InlineData("n", "Int64")]
    [InlineData("n + n", "Float64")]
    [InlineData("n > 1", "Boolean")]
    [InlineData("if(n > 1, n, 0)", "Int64")]
    [InlineData("if(n > 1, n, 0.5)", "Float64")]
    [InlineData("coalesce(flag, false)", "Boolean")]
    [InlineData("if(flag, 'a', cut)", "Utf8")]
    public void HasAType(string expression, string typeName)
    {
        var type = ColumnType.Parse(typeName);
        Assert.Equal(type, ColumnExpression.Parse(expression).ResultType(name => s_columns[name].Type));
        Assert.Equal(type, Evaluate(expression).Type);
    }

    [Fact]
    public void NamesEachColumnOnce() =>
        Assert.Equal(["x", "n", "sepal length (cm)"], ColumnExpression.Parse("x + n * log(x) - [sepal length (cm)]").Columns);

    [Theory]
    [InlineData("", 1, "a value was expected, and the end was found")]
    [InlineData("x +", 4, "a value was expected, and the end was found")]
    [InlineData("x + * n", 5, "a value was expected, and '*' was found")]
    [InlineData("x n", 3, "an operator was expected, and 'n' was found")]
    [InlineData("arr_delay -income 15", 19, "an operator was expected, and '15' was found")]
    [InlineData("x in (n)", 7, "a list holds constants")]
    [InlineData("x in 1", 6, "'(' was expected")]
    [InlineData("x -eq $null", 7, "isnull(x) tells whether a value is missing")]
    [InlineData("substring(cut)", 1, "'substring' takes 2 or 3 arguments, and 1 are given")]
    [InlineData("(x + n", 7, "')' was expected, and the end was found")]
    [InlineData("log(x, n)", 1, "'log' takes 1 argument, and 2 are given")]
    [InlineData("max(x)", 1, "'max' takes 2 or more arguments, and 1 are given")]
    [InlineData("if(x > 1, 2)", 1, "'if' takes 3 arguments, and 2 are given")]
    [InlineData("log()", 5, "a value was expected, and ')' was found")]
    [InlineData("lg(x)", 1, "there is no function 'lg'; there are abs")]
    [InlineData("1 < x < 3", 7, "comparisons don't chain")]
    [InlineData("x ; n", 3, "';' means nothing")]
    [InlineData("cut == 'good", 8, "a ' is never closed by '")]
    [InlineData("[x", 1, "a [ is never closed by ]")]
    [InlineData("1e+ * x", 4, "the digits of an exponent were expected")]
    [InlineData("x + .", 5, "digits were expected around the point")]
    [InlineData("x and", 6, "a value was expected")]
    [InlineData("1 + 2", 3, "it refers to none")]
    public void AMistakeIsShownWhereItIs(string expression, int character, string what)
    {
        var error = Assert.Throws<RedisMLException>(() => ColumnExpression.Parse(expression));
        AssertAt(error, expression, character, what);
    }

    [Theory]
    [InlineData("cut > 'good'", 1, "a number is needed, and this is text")]
    [InlineData("x + cut", 5, "a number is needed, and this is text")]
    [InlineData("log(cut)", 5, "a number is needed, and this is text")]
    [InlineData("cut == 1", 5, "text and a number don't go together")]
    [InlineData("if(flag, cut, 1)", 1, "text and a number don't go together")]
    [InlineData("if(n, 1, 2)", 4, "a condition is needed, such as 'x > 0', and this is a number")]
    [InlineData("flag and cut", 10, "a condition is needed, such as 'x > 0', and this is text")]
    [InlineData("contains(cut, cut)", 15, "a text in quotes was expected")]
    [InlineData("substring(cut, 0.5)", 16, "a whole number was expected")]
    [InlineData("replace(cut, '', 'x')", 14, "a text that isn't empty was expected")]
    [InlineData("lower(x)", 7, "text is needed, and this is a number")]
    [InlineData("x in ('a')", 3, "a number and text don't go together")]
    [InlineData("year(x)", 6, "a date or a timestamp is needed, and this is a number")]
    [InlineData("isnull(cut + 1)", 8, "a number is needed, and this is text")]
    public void AnOperandOfTheWrongTypeIsShownWhereItIs(string expression, int character, string what)
    {
        var parsed = ColumnExpression.Parse(expression);
        var error = Assert.Throws<RedisMLException>(() => parsed.ResultType(name => s_columns[name].Type));
        AssertAt(error, expression, character, what);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("-", "")]
    [InlineData("abs(", ")")]
    public void NestingWithoutEndIsRefused(string open, string close)
    {
        string expression = string.Concat(Enumerable.Repeat(open, 100_000)) + "x" + string.Concat(Enumerable.Repeat(close, 100_000));
        Assert.Contains("nested deeper", Assert.Throws<RedisMLException>(() => ColumnExpression.Parse(expression)).Message);
    }

    static ColumnVector Evaluate(string expression) => ColumnExpression.Parse(expression).Evaluate(name => s_columns[name], 4);

    static void AssertAt(RedisMLException error, string expression, int character, string what)
    {
        Assert.Equal("InvalidExpression", error.ErrorId);
        Assert.Contains(what, error.Message);
        Assert.StartsWith($"At character {character} of the expression, ", error.Message);
        Assert.EndsWith($"    {expression}{Environment.NewLine}    {new string(' ', character - 1)}^", error.Message);
    }
}
