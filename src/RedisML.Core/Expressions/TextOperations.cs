using System.Text;
using System.Text.RegularExpressions;

namespace RedisML.Expressions;

/// <summary>What the functions of text do with one text; the evaluator asks once a level, not once a row.
/// Characters are those of Unicode.</summary>
static class TextOperations
{
    /// <param name="arguments">Behind the text: constants.</param>
    internal static Func<string, string> ToText(Operation operation, IReadOnlyList<ExpressionNode> arguments)
    {
        switch (operation)
        {
            case Operation.Lower: return text => text.ToLowerInvariant();
            case Operation.Upper: return text => text.ToUpperInvariant();
            case Operation.Trim: return text => text.Trim();
            case Operation.Replace:
                var (old, by) = (Text(arguments[0]), Text(arguments[1]));
                return text => text.Replace(old, by, StringComparison.Ordinal);
            case Operation.Substring:
                int start = Number(arguments[0]), length = arguments.Count > 1 ? Number(arguments[1]) : int.MaxValue;
                return text => Substring(text, start, length);
            default: throw new InvalidOperationException($"{operation} gives no text.");
        }
    }

    /// <param name="arguments">Behind the text: constants.</param>
    internal static Func<string, double> ToNumber(CallNode call, IReadOnlyList<ExpressionNode> arguments)
    {
        if (call.Operation == Operation.Length) return text => Length(text);
        var test = Test(call, arguments);
        return text => test(text) ? 1 : 0;
    }

    static Func<string, bool> Test(CallNode call, IReadOnlyList<ExpressionNode> arguments)
    {
        if (call.Operation == Operation.In)
        {
            var set = arguments.Select(Text).ToHashSet(call.IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
            return set.Contains;
        }
        var value = Text(arguments[0]);
        switch (call.Operation)
        {
            case Operation.Contains: return text => text.Contains(value, StringComparison.Ordinal);
            case Operation.StartsWith: return text => text.StartsWith(value, StringComparison.Ordinal);
            case Operation.EndsWith: return text => text.EndsWith(value, StringComparison.Ordinal);
            case Operation.Like:
                var options = RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;
                return new Regex(LikePattern(value), call.IgnoresCase ? options | RegexOptions.IgnoreCase : options).IsMatch;
            default: throw new InvalidOperationException($"{call.Operation} is no test of text.");
        }
    }

    /// <summary>The regular expression of a wildcard pattern: <c>*</c> any text, <c>?</c> a character, <c>[a-c]</c> one of these; a
    /// backtick takes the next as it is.</summary>
    static string LikePattern(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        for (int i = 0; i < pattern.Length; i++)
        {
            int close = pattern[i] == '[' ? pattern.IndexOf(']', i + 1) : -1;
            if (pattern[i] == '*') regex.Append(".*");
            else if (pattern[i] == '?') regex.Append('.');
            else if (close > i + 1)
            {
                regex.Append('[').Append(pattern[(i + 1)..close].Replace(@"\", @"\\").Replace("[", @"\[").Replace("^", @"\^")).Append(']');
                i = close;
            }
            else
            {
                if (pattern[i] == '`' && i + 1 < pattern.Length) i++;
                regex.Append(Regex.Escape(pattern[i].ToString()));
            }
        }
        return regex.Append(@"\z").ToString();
    }

    static int Length(string text)
    {
        int length = text.Length;
        foreach (char c in text) if (char.IsLowSurrogate(c)) length--;
        return length;
    }

    /// <summary>What there is of <paramref name="length"/> characters from <paramref name="start"/> on, from 0.</summary>
    static string Substring(string text, int start, int length)
    {
        int from = Skip(0, start);
        return text[from..Skip(from, length)];

        int Skip(int at, int characters)
        {
            for (; characters > 0 && at < text.Length; characters--) at += char.IsSurrogatePair(text, at) ? 2 : 1;
            return at;
        }
    }

    static string Text(ExpressionNode node) => ((TextNode)node).Value;

    static int Number(ExpressionNode node) => (int)Math.Min(int.MaxValue, ((NumberNode)node).Value);
}
