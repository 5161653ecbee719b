namespace RedisML.Unit.Language;

/// <summary>Interpolated Kneser-Ney as the textbook has it, over dictionaries: all n-grams of all texts are counted from scratch, for each
/// length. Shares nothing with the module but the tokens.</summary>
sealed class ReferenceKneserNey
{
    const string Begin = "<begin>", End = "";

    readonly int _order;

    /// <summary>By context, tokens joined by a line feed: how often each token counts there.</summary>
    readonly Dictionary<string, Dictionary<string, int>> _counts = [];
    readonly Dictionary<string, int> _totals = [];
    readonly Dictionary<int, double> _discounts = [];

    public ReferenceKneserNey(int order, IEnumerable<IReadOnlyList<string>> texts)
    {
        _order = order;
        var padded = texts.Where(text => text.Count > 0).Select(text => (string[])[Begin, .. text, End]).ToList();
        // What stands before each n-gram, at the begin of a text nothing.
        var before = new Dictionary<(string Context, string Token), HashSet<string>>();
        for (int length = 1; length <= order; length++)
        {
            foreach (var text in padded)
            {
                for (int end = length - 1; end < text.Length; end++)
                {
                    int start = end - length + 1;
                    if (end == 0) continue;
                    string context = string.Join('\n', text[start..end]), token = text[end];
                    if (length == order || start == 0) Add(context, token, 1);
                    else if (before.TryGetValue((context, token), out var left) ? left.Add(text[start - 1])
                        : before.TryAdd((context, token), [text[start - 1]])) Add(context, token, 1);
                }
            }
        }
        foreach (var (context, seen) in _counts) _totals[context] = seen.Values.Sum();
        for (int level = 0; level < order; level++)
        {
            var all = _counts.Where(c => LevelOf(c.Key) == level).SelectMany(c => c.Value.Values).ToList();
            double ones = all.Count(n => n == 1), twos = all.Count(n => n == 2);
            _discounts[level] = ones > 0 && twos > 0 ? ones / (ones + 2 * twos) : 0.75;
        }
    }

    public IEnumerable<string> Vocabulary => _counts[""].Keys;

    public int Contexts => _counts.Count - 1;

    public double Perplexity(IEnumerable<IReadOnlyList<string>> texts)
    {
        double loss = 0;
        int tokens = 0;
        foreach (var text in texts.Where(text => text.Count > 0))
        {
            for (int i = 0; i <= text.Count; i++, tokens++)
                loss -= Math.Log(Probability([.. text.Take(i)], i == text.Count ? End : text[i]));
        }
        return Math.Exp(loss / tokens);
    }

    /// <param name="text">From its begin.</param>
    public double Probability(IReadOnlyList<string> text, string token) => Of([.. text.Prepend(Begin).TakeLast(_order - 1)], token);

    double Of(string[] context, string token)
    {
        double shorter = context.Length == 0 ? 1.0 / (_counts[""].Count + 1) : Of(context[1..], token);
        string key = string.Join('\n', context);
        if (!_counts.TryGetValue(key, out var seen)) return shorter;
        double discount = _discounts[context.Length], total = _totals[key];
        return Math.Max(seen.GetValueOrDefault(token) - discount, 0) / total + discount * seen.Count / total * shorter;
    }

    static int LevelOf(string context) => context == "" ? 0 : context.Count(c => c == '\n') + 1;

    void Add(string context, string token, int times)
    {
        if (!_counts.TryGetValue(context, out var seen)) _counts[context] = seen = [];
        seen[token] = seen.GetValueOrDefault(token) + times;
    }
}
