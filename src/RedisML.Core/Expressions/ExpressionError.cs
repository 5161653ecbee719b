using RedisML.Errors;

namespace RedisML.Expressions;

static class ExpressionError
{
    /// <summary>An error that shows the expression with a caret below what it is about.</summary>
    /// <param name="position">The place in the expression, from 0.</param>
    /// <param name="what">A clause such as <c>a value was expected</c>.</param>
    internal static RedisMLException At(string expression, int position, string what)
    {
        string[] lines =
            [$"At character {position + 1} of the expression, {what}.", $"    {expression}", $"    {new string(' ', position)}^"];
        return new("InvalidExpression", ErrorKind.InvalidArgument, string.Join(Environment.NewLine, lines), expression);
    }
}
