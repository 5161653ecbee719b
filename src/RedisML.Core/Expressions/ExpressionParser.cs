using System.Globalization;
using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Expressions;

/// <summary>Parses by precedence climbing (Pratt).</summary>
sealed class ExpressionParser
{
    const int MaxDepth = 200;
    const double MaxExactInteger = 1L << 53;

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
        return parser.Current.Kind == TokenKind.End ? node : throw parser.NoOperator();
    }

    ExpressionNode ParseOperators(int tightness)
    {
        if (++_nesting > MaxDepth) throw TooDeep(Current.Position);
        var left = ParseOperand();
        while (NextOperator() is var (operation, binds) && binds >= tightness)
        {
            var token = Take();
            if (operation == Operation.In)
            {
                left = ParseList(token, left);
                continue;
            }
            var right = ParseOperators(binds == BinaryOperators.Power ? binds : binds + 1);
            left = Call(token.Position, operation, left, right) with { IgnoresCase = BinaryOperators.IgnoresCase(token) };
            if (BinaryOperators.IsNegated(token)) left = Call(token.Position, Operation.Not, left);
            if (binds == BinaryOperators.Comparison && NextOperator() is (_, BinaryOperators.Comparison))
                throw ExpressionError.At(_text, Current.Position, "comparisons don't chain: write 'a < b and b < c'");
        }
        _nesting--;
        return left;
    }

    (Operation Operation, int Binds)? NextOperator() => BinaryOperators.Find(Current, _tokens[Math.Min(_next + 1, _tokens.Count - 1)]);

    ExpressionNode ParseOperand()
    {
        var token = Take();
        if (token.Is("-")) return Call(token.Position, Operation.Negate, ParseOperators(BinaryOperators.Unary));
        if (token.Is("+")) return ParseOperators(BinaryOperators.Unary);
        if (token.Is("!")) return Call(token.Position, Operation.Not, ParseOperators(BinaryOperators.Unary));
        if (token.IsWord("not") || token.Is("-not")) return Call(token.Position, Operation.Not, ParseOperators(BinaryOperators.Not));
        if (token.IsWord("true")) return new NumberNode(token.Position, 1, ColumnType.Boolean);
        if (token.IsWord("false")) return new NumberNode(token.Position, 0, ColumnType.Boolean);
        if (token.Is("("))
        {
            var inner = ParseOperators(0);
            Expect(")");
            return inner;
        }
        if (token.IsWord("null")) throw ExpressionError.At(_text, token.Position,
            $"'{token.Value}' means nothing: isnull(x) tells whether a value is missing; a column of that name is [{token.Value}]");
        switch (token.Kind)
        {
            case TokenKind.Number: return Number(token);
            case TokenKind.Text: return new TextNode(token.Position, token.Value);
            case TokenKind.Name when Current.Is("("): return ParseCall(token);
            case TokenKind.Name when !token.IsWord("and") && !token.IsWord("or") && !token.IsWord("in"):
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
        if (arguments.Count < function.Arguments || arguments.Count > function.Arguments + function.Optional && !function.Folds)
            throw ExpressionError.At(_text, name.Position,
                $"'{function.Name}' takes {function.Arguments}{(function.Folds ? " or more" : function.Optional > 0 ? " or 3" : "")} " +
                $"argument{(function.Arguments == 1 ? "" : "s")}, and {arguments.Count} are given");
        if (!function.Folds) return Call(name.Position, function.Operation, [.. arguments]);
        return arguments.Skip(1).Aggregate(arguments[0], (folded, argument) => Call(name.Position, function.Operation, folded, argument));
    }

    /// <summary>The constants behind <c>in</c>: in parentheses, or in PowerShell's <c>@( )</c>.</summary>
    ExpressionNode ParseList(Token operation, ExpressionNode subject)
    {
        bool isNegated = BinaryOperators.IsNegated(operation) || operation.IsWord("not");
        if (operation.IsWord("not")) _next++;
        TakeIf("@");
        Expect("(");
        List<ExpressionNode> arguments = [subject];
        do arguments.Add(ParseConstant()); while (TakeIf(","));
        Expect(")");
        var call = Call(operation.Position, Operation.In, [.. arguments]) with { IgnoresCase = BinaryOperators.IgnoresCase(operation) };
        return isNegated ? Call(operation.Position, Operation.Not, call) : call;
    }

    ExpressionNode ParseConstant()
    {
        int position = Current.Position;
        double sign = TakeIf("-") ? -1 : 1;
        return ParseOperand() switch
        {
            NumberNode number when sign > 0 || number.Type != ColumnType.Boolean => number with { Value = sign * number.Value },
            TextNode text when sign > 0 => text,
            _ => throw ExpressionError.At(_text, position, "a number or a text in quotes was expected: a list holds constants"),
        };
    }

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

    /// <summary>What stands behind a value and is no operator: a word of SQL, or a value behind one of PowerShell's other operators, which
    /// looks like a subtraction of a column.</summary>
    RedisMLException NoOperator()
    {
        if (_next >= 2 && _tokens[_next - 1] is { Kind: TokenKind.Name } word && _tokens[_next - 2] is var minus && minus.Is("-")
            && minus.Position + 1 == word.Position && BinaryOperators.IsUnknownWord(word.Value))
            return ExpressionError.At(_text, minus.Position, $"there is no operator '-{word.Value}'; there are {BinaryOperators.Words}");
        string instead = Current.IsWord("is") ? "isnull(x) and not isnull(x) tell whether a value is missing"
            : Current.IsWord("between") ? "write 'a <= x and x <= b'" : Current.IsWord("like") ? "-like takes a pattern such as 'a*'" : "";
        return instead == "" ? Unexpected("an operator")
            : ExpressionError.At(_text, Current.Position, $"there is no operator '{Current.Value}': {instead}");
    }

    RedisMLException TooDeep(int position) => ExpressionError.At(_text, position, $"it is nested deeper than {MaxDepth} levels");
}
