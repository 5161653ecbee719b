using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;

namespace RedisML.Unit.Expressions;

/// <summary>Functions of text, membership, and PowerShell's operators.</summary>
public sealed class TextExpressionTests
{
    const double Missing = double.NaN;

    static readonly Dictionary<string, ColumnVector> s_columns = new()
    {
        ["t"] = new TextVector(new[] { 0, 1, 2, -1 }, [" Good one", "größer😀", ""]),
        ["n"] = new NumberVector(ColumnType.Int64, new[] { 1.0, 2, -3, Missing }),
        ["income"] = new NumberVector(ColumnType.Int64, new[] { 1.0, 1, 1, 1 }),
    };

    [Theory]
    [InlineData("lower(t)", " good one", "größer😀", "", null)]
    [InlineData("upper(t)", " GOOD ONE", "GRÖßER😀", "", null)]
    [InlineData("trim(t)", "Good one", "größer😀", "", null)]
    [InlineData("replace(t, 'o', '')", " Gd ne", "größer😀", "", null)]
    [InlineData("substring(t, 1)", "Good one", "rößer😀", "", null)]
    [InlineData("substring(t, 5, 2)", " o", "r😀", "", null)]
    [InlineData("substring(t, 0, 0)", "", "", "", null)]
    [InlineData("coalesce(upper(trim(t)), 'none')", "GOOD ONE", "GRÖßER😀", "", "none")]
    public void GivesATextForEachRow(string expression, params string?[] expected)
    {
        var result = Assert.IsType<TextVector>(ColumnExpression.Parse(expression).Evaluate(name => s_columns[name], 4));
        Assert.Equal(expected, result.Codes.ToArray().Select(c => c < 0 ? null : result.Levels[c]));
    }

    [Theory]
    [InlineData("length(t)", 9, 7, 0, Missing)]
    [InlineData("contains(t, 'öß')", 0, 1, 0, Missing)]
    [InlineData("startswith(trim(t), 'Good')", 1, 0, 0, Missing)]
    [InlineData("endswith(t, 'one')", 1, 0, 0, Missing)]
    [InlineData("t in ('', 'größer😀')", 0, 1, 1, Missing)]
    [InlineData("t not in ('')", 1, 1, 0, Missing)]
    [InlineData("n in (1, -3, 2.5)", 1, 0, 1, Missing)]
    [InlineData("not n in (1) and n < 2", 0, 0, 1, Missing)]
    [InlineData("n -in @(1, 2)", 1, 1, 0, Missing)]
    [InlineData("n -notin (1, 2)", 0, 0, 1, Missing)]
    [InlineData("t -like '*GOOD*'", 1, 0, 0, Missing)]
    [InlineData("t -clike '*GOOD*'", 0, 0, 0, Missing)]
    [InlineData("t -notlike 'gr[a-zöß]?er*'", 1, 0, 1, Missing)]
    [InlineData("t -like ''", 0, 0, 1, Missing)]
    [InlineData("t -eq 'GRÖßER😀'", 0, 1, 0, Missing)]
    [InlineData("t -ceq 'GRÖßER😀'", 0, 0, 0, Missing)]
    [InlineData("t -in ('GRÖßER😀')", 0, 1, 0, Missing)]
    [InlineData("$_.n -gt 1 -or n -LT 0", 0, 1, 1, Missing)]
    [InlineData("-not (n -ge 2)", 1, 0, 1, Missing)]
    [InlineData("(n -ne 1) -eq $true", 0, 1, 1, Missing)]
    [InlineData("n <> 1", 0, 1, 1, Missing)]
    [InlineData("n -income", 0, 1, -4, Missing)]
    public void GivesANumberForEachRow(string expression, double first, double second, double third, double fourth)
    {
        var parsed = ColumnExpression.Parse(expression);
        var result = Assert.IsType<NumberVector>(parsed.Evaluate(name => s_columns[name], 4));
        Assert.Equal([first, second, third, fourth], result.Values.ToArray());
        Assert.Equal(parsed.ResultType(name => s_columns[name].Type), result.Type);
    }

    [Theory]
    [InlineData("n == null", 6, "isnull(x)")]
    [InlineData("n is not null", 3, "isnull(x)")]
    [InlineData("n between 1 and 2", 3, "a <= x and x <= b")]
    [InlineData("t like 'a%'", 3, "-like")]
    [InlineData("t -match '^a'", 3, "no operator '-match'; there are -eq")]
    [InlineData("t -cnotmatch '^a'", 3, "no operator '-cnotmatch'")]
    [InlineData("t -contains 'a'", 3, "no operator '-contains'")]
    public void NamesWhatStandsForAnOperatorOfAnotherLanguage(string expression, int character, string hint)
    {
        var error = Assert.Throws<RedisMLException>(() => ColumnExpression.Parse(expression));
        Assert.Equal("InvalidExpression", error.ErrorId);
        Assert.StartsWith($"At character {character} ", error.Message);
        Assert.Contains(hint, error.Message);
    }
}
