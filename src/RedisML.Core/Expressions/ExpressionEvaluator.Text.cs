using RedisML.Columns;

namespace RedisML.Expressions;

// Text: codes a row, and levels, of which each is looked at once.
sealed partial class ExpressionEvaluator
{
    const int MissingCode = -1;

    /// <summary>Asks once a level.</summary>
    void TestText(CallNode call, Span<double> result)
    {
        var text = Text(call.Arguments[0]);
        double[] answers = [.. text.Levels.Select(TextOperations.ToNumber(call, [.. call.Arguments.Skip(1)]))];
        var codes = text.Codes;
        for (int i = 0; i < codes.Length; i++) result[i] = codes[i] < 0 ? double.NaN : answers[codes[i]];
    }

    TextVector Text(ExpressionNode node)
    {
        switch (node)
        {
            case TextNode text: return new(new int[rows], [text.Value]);
            case ColumnNode column: return (TextVector)columns[column.Name];
            case CallNode { Operation: Operation.Coalesce } coalesce:
                var preferred = Text(coalesce.Arguments[0]);
                var isThere = new double[rows];
                for (int i = 0; i < rows; i++) isThere[i] = preferred.Codes[i] < 0 ? 0 : 1;
                return ChooseText(isThere, preferred, Text(coalesce.Arguments[1]));
            case CallNode { Operation: >= Operation.Lower } call:
                var source = Text(call.Arguments[0]);
                return source.WithLevels([.. source.Levels.Select(TextOperations.ToText(call.Operation, [.. call.Arguments.Skip(1)]))]);
            default:
                var choice = ((CallNode)node).Arguments;
                return ChooseText(Numbers(choice[0]), Text(choice[1]), Text(choice[2]));
        }
    }

    static TextVector ChooseText(ReadOnlySpan<double> condition, TextVector then, TextVector otherwise)
    {
        ReadOnlySpan<int> thenCodes = then.Codes, otherwiseCodes = otherwise.Codes;
        var codes = new int[condition.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = double.IsNaN(condition[i]) ? MissingCode
                : condition[i] != 0 ? thenCodes[i]
                : otherwiseCodes[i] < 0 ? MissingCode : otherwiseCodes[i] + then.Levels.Count;
        }
        return new(codes, [.. then.Levels, .. otherwise.Levels]);
    }

    /// <summary>Compares levels once, then codes. A list of levels may hold a text twice.</summary>
    static void CompareText(CallNode call, TextVector left, TextVector right, Span<double> result)
    {
        var ids = new Dictionary<string, int>(call.IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        var (a, b) = (Ids(left), Ids(right));
        ReadOnlySpan<int> x = left.Codes, y = right.Codes;
        for (int i = 0; i < x.Length; i++) result[i] = x[i] < 0 || y[i] < 0 ? double.NaN : a[x[i]] == b[y[i]] ? 1 : 0;
        if (call.Operation == Operation.NotEqual) NumberOperations.Not(result);

        int[] Ids(TextVector vector) =>
            [.. vector.Levels.Select(level => ids.TryGetValue(level, out int id) ? id : ids[level] = ids.Count)];
    }
}
