using System.Globalization;
using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Expressions;

/// <summary>Parses by precedence climbing (Pratt).</summary>
sealed class ExpressionParser
{
    const int MaxDepth = 200;
    const double MaxExactInteger = 1L << 53;

    // How tightly operators bind; a unary minus less than a power, so that -x^2 is -(x^2).
    const int Or = 1, And = 2, Not = 3, Comparison = 4, Sum = 5, Product = 6, Unary = 7, Power = 8;

    readonly string _text;
    readonly List<Token> _tokens;
    int _next;
    int _nesting;

    ExpressionParser(string text)
    {
        _text = text;
        _tokens = ExpressionLexer.Read(text);
    }

    Token Current => _tokens[_next];

    internal static ExpressionNode Parse(string text)
    {
        var parser = new ExpressionParser(text);
        var node = parser.ParseOperators(0);
        return parser.Current.Kind == TokenKind.End ? node : throw parser.Unexpected("an operator");
    }

    ExpressionNode ParseOperators(int tightness)
    {
        if (++_nesting > MaxDepth) throw TooDeep(Current.Position);
        var left = ParseOperand();
        while (BinaryOperator(Current) is var (operation, binds) && binds >= tightness)
        {
            var token = Take();
            var right = ParseOperators(binds == Power ? binds : binds + 1);
            left = Call(token.Position, operation, left, right);
            if (binds == Comparison && BinaryOperator(Current) is (_, Comparison))
                throw ExpressionError.At(_text, Current.Position, "comparisons don't chain: write 'a < b and b < c'");
        }
        _nesting--;
        return left;
    }

    ExpressionNode ParseOperand()
    {
        var token = Take();
        if (token.Is("-")) return Call(token.Position, Operation.Negate, ParseOperators(Unary));
        if (token.Is("+")) return ParseOperators(Unary);
        if (token.Is("!")) return Call(token.Position, Operation.Not, ParseOperators(Unary));
        if (token.IsWord("not")) return Call(token.Position, Operation.Not, ParseOperators(Not));
        if (token.IsWord("true")) return new NumberNode(token.Position, 1, ColumnType.Boolean);
        if (token.IsWord("false")) return new NumberNode(token.Position, 0, ColumnType.Boolean);
        if (token.Is("("))
        {
            var inner = ParseOperators(0);
            Expect(")");
            return inner;
        }
        switch (token.Kind)
        {
            case TokenKind.Number: return Number(token);
            case TokenKind.Text: return new TextNode(token.Position, token.Value);
            case TokenKind.Name when Current.Is("("): return ParseCall(token);
            case TokenKind.Name when !token.IsWord("and") && !token.IsWord("or"):
            case TokenKind.QuotedName: return new ColumnNode(token.Position, token.Value);
        }
        _next--;
        throw Unexpected("a value");
    }

    ExpressionNode ParseCall(Token name)
    {
        var function = Function.Find(name.Value) ?? throw ExpressionError.At(_text, name.Position,
            $"there is no function '{name.Value}'; there are {string.Join(", ", Function.Names)}");
        Expect("(");
        List<ExpressionNode> arguments = [];
        do arguments.Add(ParseOperators(0)); while (TakeIf(","));
        Expect(")");
        if (arguments.Count < function.Arguments || arguments.Count > function.Arguments && !function.Folds)
            throw ExpressionError.At(_text, name.Position, $"'{function.Name}' takes {function.Arguments}{(function.Folds ? " or more" : "")} " +
                $"argument{(function.Arguments == 1 ? "" : "s")}, and {arguments.Count} are given");
        if (!function.Folds) return Call(name.Position, function.Operation, [.. arguments]);
        return arguments.Skip(1).Aggregate(arguments[0], (folded, argument) => Call(name.Position, function.Operation, folded, argument));
    }

    static (Operation Operation, int Binds)? BinaryOperator(Token token) => token.Kind switch
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
            "!=" => (Operation.NotEqual, Comparison),
            "<" => (Operation.Less, Comparison),
            "<=" => (Operation.LessOrEqual, Comparison),
            ">" => (Operation.Greater, Comparison),
            ">=" => (Operation.GreaterOrEqual, Comparison),
            "&&" => (Operation.And, And),
            "||" => (Operation.Or, Or),
            _ => null,
        },
        TokenKind.Name when token.IsWord("and") => (Operation.And, And),
        TokenKind.Name when token.IsWord("or") => (Operation.Or, Or),
        _ => null,
    };

    static NumberNode Number(Token token)
    {
        double value = double.Parse(token.Value, CultureInfo.InvariantCulture);
        bool isInteger = token.Value.All(char.IsAsciiDigit) && value <= MaxExactInteger;
        return new(token.Position, value, isInteger ? ColumnType.Int64 : ColumnType.Float64);
    }

    CallNode Call(int position, Operation operation, params ExpressionNode[] arguments)
    {
        var call = new CallNode(position, operation, arguments);
        return call.Depth <= MaxDepth ? call : throw TooDeep(position);
    }

    Token Take() => _tokens[_next++];

    bool TakeIf(string symbol)
    {
        if (!Current.Is(symbol)) return false;
        _next++;
        return true;
    }

    void Expect(string symbol)
    {
        if (!TakeIf(symbol)) throw Unexpected($"'{symbol}'");
    }

    RedisMLException Unexpected(string expected) =>
        ExpressionError.At(_text, Current.Position, $"{expected} was expected, and {Current} was found");

    RedisMLException TooDeep(int position) => ExpressionError.At(_text, position, $"it is nested deeper than {MaxDepth} levels");
}
