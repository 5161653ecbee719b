namespace RedisML.Expressions;

/// <summary>The operators between two values, and how tightly they bind.</summary>
static class BinaryOperators
{
    // A unary minus binds less than a power, so that -x^2 is -(x^2).
    internal const int Or = 1, And = 2, Not = 3, Comparison = 4, Sum = 5, Product = 6, Unary = 7, Power = 8;

    /// <param name="next">The token behind it.</param>
    internal static (Operation Operation, int Binds)? Find(Token token, Token next) => token.Kind switch
    {
        TokenKind.Symbol => token.Value switch
        {
            "+" => (Operation.Add, Sum),
            "-" => (Operation.Subtract, Sum),
            "*" => (Operation.Multiply, Product),
            "/" => (Operation.Divide, Product),
            "%" => (Operation.Remainder, Product),
            "^" or "**" => (Operation.Power, Power),
            "==" or "=" => (Operation.Equal, Comparison),
            "-eq" or "-ieq" or "-ceq" => (Operation.Equal, Comparison),
            "-ne" or "-ine" or "-cne" => (Operation.NotEqual, Comparison),
            "-lt" or "-ilt" or "-clt" => (Operation.Less, Comparison),
            "-le" or "-ile" or "-cle" => (Operation.LessOrEqual, Comparison),
            "-gt" or "-igt" or "-cgt" => (Operation.Greater, Comparison),
            "-ge" or "-ige" or "-cge" => (Operation.GreaterOrEqual, Comparison),
            "-like" or "-ilike" or "-clike" or "-notlike" or "-inotlike" or "-cnotlike" => (Operation.Like, Comparison),
            "-in" or "-iin" or "-cin" or "-notin" or "-inotin" or "-cnotin" => (Operation.In, Comparison),
            "-and" => (Operation.And, And),
            "-or" => (Operation.Or, Or),
            "!=" or "<>" => (Operation.NotEqual, Comparison),
            "<" => (Operation.Less, Comparison),
            "<=" => (Operation.LessOrEqual, Comparison),
            ">" => (Operation.Greater, Comparison),
            ">=" => (Operation.GreaterOrEqual, Comparison),
            "&&" => (Operation.And, And),
            "||" => (Operation.Or, Or),
            _ => null,
        },
        TokenKind.Name when token.IsWord("and") => (Operation.And, And),
        TokenKind.Name when token.IsWord("in") => (Operation.In, Comparison),
        TokenKind.Name when token.IsWord("not") && next.IsWord("in") => (Operation.In, Comparison),
        TokenKind.Name when token.IsWord("or") => (Operation.Or, Or),
        _ => null,
    };

    static readonly HashSet<string> s_unknown = new(StringComparer.OrdinalIgnoreCase)
    {
        "match", "notmatch", "contains", "notcontains", "replace", "split", "join", "is", "isnot", "as", "xor", "band", "bor", "bxor",
    };

    /// <summary>Whether PowerShell has an operator of that name which expressions don't have; an i or a c may stand before it.</summary>
    internal static bool IsUnknownWord(string word) => s_unknown.Contains(word)
        || word.Length > 1 && word[0] is 'i' or 'I' or 'c' or 'C' && s_unknown.Contains(word[1..]);

    /// <summary>Those of PowerShell that there are.</summary>
    internal const string Words = "-eq, -ne, -gt, -ge, -lt, -le, -like, -notlike, -in, -notin, -and, -or and -not";

    /// <summary>Whether an operator ignores case: PowerShell's do, but those that begin with a c.</summary>
    internal static bool IgnoresCase(Token token) =>
        token.Kind == TokenKind.Symbol && token.Value.Length > 2 && token.Value[0] == '-' && token.Value[1] != 'c';

    internal static bool IsNegated(Token token) =>
        token.Kind == TokenKind.Symbol && token.Value is "-notlike" or "-inotlike" or "-cnotlike" or "-notin" or "-inotin" or "-cnotin";
}
