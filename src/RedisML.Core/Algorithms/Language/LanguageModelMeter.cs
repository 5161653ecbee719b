using RedisML.Errors;

namespace RedisML.Algorithms.Language;

/// <summary>Measures how well a model foresees texts, a batch of tokens at a time.</summary>
public sealed class LanguageModelMeter(LanguageModel model)
{
    const int MaxBatchTokens = 1024;

    readonly TextWalk _walk = new(model.Options);

    /// <summary>The tokens of the batch: in which context which one came.</summary>
    readonly List<(int Context, int Token)> _seen = [];

    NGramBatch _batch = new();
    long _texts, _tokens, _unknown;
    double _loss;

    /// <summary>Measures a text, from its begin to its end. One without a token is nothing.</summary>
    /// <exception cref="RedisMLException"><c>ModelNotFound</c>, <c>InvalidLanguageModel</c>.</exception>
    public async Task AddAsync(string text, CancellationToken cancellation)
    {
        if (!_walk.TryStart(text, _batch)) return;
        while (_walk.MoveNext())
            if (Put()) await MeasureAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>What all that was added came to.</summary>
    /// <exception cref="RedisMLException"><c>NoText</c>: it had no token.</exception>
    public async Task<LanguageModelMeasure> CompleteAsync(CancellationToken cancellation)
    {
        await MeasureAsync(cancellation).ConfigureAwait(false);
        if (_tokens == 0)
            throw new RedisMLException("NoText", ErrorKind.InvalidData,
                $"There is no text to measure model '{model.Name}' by: {(_walk.Rejected > 0 ? "none is valid Unicode" : "all are empty")}.",
                model.Name);
        return new()
        {
            Model = model.Name, Texts = _texts, Tokens = _tokens, UnknownTokens = _unknown, Rejected = _walk.Rejected,
            LogLoss = _loss / _tokens,
        };
    }

    /// <summary>Takes the token at hand into the batch.</summary>
    /// <returns>Whether the batch is full.</returns>
    bool Put()
    {
        if (_walk.IsAtEnd) _texts++;
        int id = _batch.TokenId(_walk.Current);
        _seen.Add((_batch.ContextId(_walk.History.Ids), id));
        _walk.History.Add(id);
        return _seen.Count >= MaxBatchTokens;
    }

    async Task MeasureAsync(CancellationToken cancellation)
    {
        if (_seen.Count == 0) return;
        var contexts = _batch.Contexts;
        // Which tokens are asked of each context, and what it answers.
        var asked = contexts.Select(_ => new Dictionary<int, double>()).ToArray();
        foreach (var (context, token) in _seen)
            for (int at = context; at >= 0; at = contexts[at].Shorter) asked[at][token] = 0;
        var reading = ContextCounts.DiscountsAsync(model, cancellation);
        var saw = Task.WhenAll(contexts.Select(context => ContextCounts.DistinctAsync(model, context, cancellation)));
        var totals = await Task.WhenAll(contexts.Select((_, context) => AskAsync(context))).ConfigureAwait(false);
        var (discounts, distinct) = (await reading.ConfigureAwait(false), await saw.ConfigureAwait(false));
        var levels = contexts.Select((context, i) => new LevelCounts(totals[i], distinct[i], discounts[context.Level])).ToArray();
        if (!levels[0].IsSeen)
            throw new RedisMLException("LanguageModelEmpty", ErrorKind.InvalidOperation,
                $"Language model '{model.Name}' has learned no text yet. Add some first.", model.Name);
        foreach (var (context, token) in _seen)
        {
            _loss -= Math.Log(Probability(context, token));
            if (asked[0][token] == 0) _unknown++;
        }
        _tokens += _seen.Count;
        _seen.Clear();
        var before = _batch;
        _walk.History.Move(before, _batch = new());

        async Task<double> AskAsync(int context)
        {
            var ids = asked[context].Keys.ToArray();
            var (total, counts) = await ContextCounts.CountsAsync(
                model, contexts[context], Array.ConvertAll(ids, _batch.Token), cancellation).ConfigureAwait(false);
            for (int i = 0; i < ids.Length; i++) asked[context][ids[i]] = counts[i];
            return total;
        }

        double Probability(int context, int token)
        {
            double shorter = contexts[context].Shorter < 0 ? KneserNey.Uniform(levels[0].Distinct)
                : Probability(contexts[context].Shorter, token);
            return levels[context].IsSeen ? KneserNey.Interpolate(shorter, asked[context][token], levels[context]) : shorter;
        }
    }
}
