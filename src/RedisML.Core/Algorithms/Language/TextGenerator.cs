using System.Numerics.Tensors;
using RedisML.Numerics;
using StackExchange.Redis;

namespace RedisML.Algorithms.Language;

/// <summary>Writes text by drawing token after token.</summary>
/// <remarks>The vocabulary and discounts are read once; the contexts that come up, each time. The same seed writes the same text while
/// the model doesn't learn.</remarks>
sealed class TextGenerator(LanguageModel model, double temperature, ulong seed)
{
    readonly Dictionary<RedisValue, int> _places = [];
    double[] _discounts = [], _shortest = [], _probabilities = [];
    ulong _draws;

    /// <summary>The tokens that follow a text, up to its end.</summary>
    /// <param name="history">The text so far.</param>
    /// <param name="length">The most tokens.</param>
    public async Task<List<string>> WriteAsync(NGramBatch batch, TokenHistory history, int length, CancellationToken cancellation)
    {
        List<string> written = [];
        var tokens = await ReadVocabularyAsync(batch.Contexts[0], cancellation).ConfigureAwait(false);
        while (written.Count < length && tokens.Length > 0)
        {
            var contexts = ContextCounts.Chain(batch, batch.ContextId(history.Ids));
            await FillAsync(contexts, cancellation).ConfigureAwait(false);
            var token = tokens[Draw()];
            if (token == TokenHistory.Boundary) break;
            written.Add(token);
            history.Add(batch.TokenId(token));
        }
        return written;
    }

    async Task<string[]> ReadVocabularyAsync(NGramContext empty, CancellationToken cancellation)
    {
        _discounts = await ContextCounts.DiscountsAsync(model, cancellation).ConfigureAwait(false);
        var (total, counts) = await ContextCounts.MostFrequentAsync(model, empty, -1, cancellation).ConfigureAwait(false);
        var level = new LevelCounts(total, counts.Length, _discounts[0]);
        _shortest = new double[counts.Length];
        _probabilities = new double[counts.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            _places.Add(counts[i].Element, i);
            _shortest[i] = KneserNey.Interpolate(KneserNey.Uniform(counts.Length), counts[i].Score, level);
        }
        return [.. counts.Select(count => (string)count.Element!)];
    }

    /// <summary>Fills in the probability of each token after the longest of these contexts.</summary>
    async Task FillAsync(NGramContext[] contexts, CancellationToken cancellation)
    {
        _shortest.CopyTo(_probabilities, 0);
        var longer = contexts[1..];
        if (longer.Length == 0) return;
        var counts = await Task.WhenAll(longer.Select(context => ContextCounts.MostFrequentAsync(model, context, -1, cancellation)))
            .ConfigureAwait(false);
        for (int i = 0; i < longer.Length; i++)
        {
            var level = new LevelCounts(counts[i].Total, counts[i].Tokens.Length, _discounts[longer[i].Level]);
            if (!level.IsSeen) continue;
            TensorPrimitives.Multiply(_probabilities, KneserNey.Interpolate(1, 0, level), _probabilities);
            // A token that came into the model meanwhile has no place yet.
            foreach (var entry in counts[i].Tokens)
                if (_places.TryGetValue(entry.Element, out int place))
                    _probabilities[place] += KneserNey.Interpolate(0, entry.Score, level);
        }
    }

    /// <summary>Draws the place of a token: at the temperature 1 by its probability, below rather the probable ones, at 0 the most
    /// probable.</summary>
    int Draw()
    {
        double most = TensorPrimitives.Max(_probabilities);
        if (temperature == 0) return Array.IndexOf(_probabilities, most);
        double sum = 0;
        for (int i = 0; i < _probabilities.Length; i++) sum += _probabilities[i] = Math.Pow(_probabilities[i] / most, 1 / temperature);
        double left = sum * (SplitMix64.Mix(seed ^ SplitMix64.Mix(_draws++)) >> 11) / (1UL << 53);
        for (int i = 0; i < _probabilities.Length; i++)
            if ((left -= _probabilities[i]) < 0) return i;
        return Array.LastIndexOf(_probabilities, TensorPrimitives.Max(_probabilities));
    }
}
