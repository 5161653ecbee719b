using System.Runtime.InteropServices;
using System.Text;
using StackExchange.Redis;

namespace RedisML.Algorithms.Language;

/// <summary>Contexts and n-grams of some tokens, each once.</summary>
/// <remarks>A context is the one without its first token, extended to the left; context 0 is the empty one.</remarks>
sealed class NGramBatch
{
    readonly Dictionary<string, int> _tokenIds = [];
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    readonly List<string> _texts = [];
    readonly List<byte[]> _tokens = [];
    readonly Dictionary<(int Shorter, int Token), int> _contextIds = [];
    readonly List<NGramContext> _contexts = [new(-1, 0, [])];
    readonly Dictionary<(int Context, int Token), int> _counts = [];

    public NGramBatch() => _idsBySpan = _tokenIds.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Between tokens in the name of a context, and after the last: no UTF-8 has it.</summary>
    public const byte Separator = 0xFF;

    public IReadOnlyList<NGramContext> Contexts => _contexts;

    /// <summary>How often each n-gram was added.</summary>
    public IReadOnlyDictionary<(int Context, int Token), int> Counts => _counts;

    /// <summary>A token as it is in Redis.</summary>
    public RedisValue Token(int id) => _tokens[id];

    public string Text(int id) => _texts[id];

    /// <summary>The number of a token within this batch.</summary>
    public int TokenId(ReadOnlySpan<char> token)
    {
        if (_idsBySpan.TryGetValue(token, out int id)) return id;
        var text = token.ToString();
        _tokenIds.Add(text, id = _tokens.Count);
        _texts.Add(text);
        _tokens.Add(Encoding.UTF8.GetBytes(text));
        return id;
    }

    /// <summary>The longest context of these tokens.</summary>
    /// <param name="history">Numbers of tokens in their order.</param>
    public int ContextId(ReadOnlySpan<int> history)
    {
        int context = 0;
        for (int i = history.Length - 1; i >= 0; i--) context = Extended(context, history[i]);
        return context;
    }

    public void Count(int context, int token) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, (context, token), out _)++;

    int Extended(int shorter, int token)
    {
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_contextIds, (shorter, token), out bool there);
        if (there) return id;
        id = _contexts.Count;
        var inner = _contexts[shorter];
        _contexts.Add(new(shorter, inner.Level + 1, [.. _tokens[token], Separator, .. inner.Name]));
        return id;
    }
}
