using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;

namespace RedisML.Unit.Features;

public sealed class DerivedColumnsTests
{
    [Fact]
    public void Columns_are_ordered_after_those_they_refer_to_and_know_their_sources()
    {
        var derived = new DerivedColumns([new("late", "delay > 15"), new("delay", "arrival - plan"), new("speed", "distance / time")]);
        Assert.Equal(["delay", "late", "speed"], derived.Ordered.Select(d => d.Name));
        Assert.Equal(["arrival", "delay", "late", "plan"], derived.Sources("late").Order());
        Assert.Equal(ColumnType.Boolean, derived.TypeOf("late", _ => ColumnType.Int64));
    }

    [Theory]
    [InlineData("DerivedColumnCircular", "a", "b + 1", "b", "a + 1")]
    [InlineData("DerivedColumnExists", "a", "x + 1", "a", "x + 2")]
    [InlineData("InvalidExpression", "a", "x +", "b", "x")]
    public void What_cannot_be_derived_is_an_error(string errorId, string name1, string expression1, string name2, string expression2) =>
        Assert.Equal(errorId,
            Assert.Throws<RedisMLException>(() => new DerivedColumns([new(name1, expression1), new(name2, expression2)])).ErrorId);
}
