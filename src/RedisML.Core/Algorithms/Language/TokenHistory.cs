namespace RedisML.Algorithms.Language;

/// <summary>The last tokens of a text, as many as a context holds; at its begin, the token that stands for that.</summary>
/// <param name="order">Of the model: a context holds one token less.</param>
sealed class TokenHistory(int order)
{
    /// <summary>As a context the begin of a text, as a token its end. No tokenizer makes it.</summary>
    public const string Boundary = "";

    readonly int[] _ids = new int[order - 1];
    int _count;

    /// <summary>Numbers within a batch.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    public void Begin(NGramBatch batch)
    {
        _count = 0;
        Add(batch.TokenId(Boundary));
    }

    public void Add(int token)
    {
        if (_ids.Length == 0) return;
        if (_count == _ids.Length) _ids.AsSpan(1).CopyTo(_ids);
        else _count++;
        _ids[_count - 1] = token;
    }

    /// <summary>Goes over to another batch, which has other numbers.</summary>
    public void Move(NGramBatch from, NGramBatch to)
    {
        for (int i = 0; i < _count; i++) _ids[i] = to.TokenId(from.Text(_ids[i]));
    }
}
