using System.Text.RegularExpressions;
using RedisML.Expressions;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Documentation;

/// <summary>The topic about expressions says what the language has.</summary>
public sealed partial class ExpressionTopicTests
{
    static readonly string s_topic = File.ReadAllText(Path.Combine(HostedEngine.ProjectRoot, "docs", "about_RedisML_Expressions.md"));

    [Fact]
    public void Every_function_is_in_it_and_no_other()
    {
        var named = Blocks().Where(block => !block.Contains("Start-Redis")).SelectMany(block => Call().Matches(block))
            .Select(match => match.Groups[1].Value).Distinct();
        Assert.Equal(Function.Names.Order(), named.Order());
    }

    [Theory]
    [InlineData("carrier in ('AA', 'UA') and arr_delay > 15")]
    [InlineData("day >= '2023-12-01'")]
    [InlineData("month(day)")]
    [InlineData("log(price)")]
    [InlineData("not (x > 5)")]
    [InlineData("x > 5 or isnull(x)")]
    [InlineData("substring(s, 2, 4)")]
    [InlineData("replace(s, 'old', 'new')")]
    public void Its_examples_are_expressions(string example)
    {
        Assert.Contains(example, s_topic);
        Assert.NotEmpty(ColumnExpression.Parse(example).Columns);
    }

    static IEnumerable<string> Blocks() => Fence().Matches(s_topic).Select(match => match.Value);

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\b([a-z]\w*)\(")]
    private static partial Regex Call();
}
