using System.Text;
using StackExchange.Redis;

namespace RedisML.Algorithms.Language;

public sealed partial class LanguageModel
{
    /// <summary>So many tokens of each context are looked at first, and if that doesn't decide so many times more.</summary>
    const int FirstLook = 24, LookFactor = 8;

    /// <summary>The most probable tokens after a text, the most probable first. Exact: all tokens are considered, though few are read; of
    /// equally probable ones any may be among the last.</summary>
    /// <param name="text">The text so far, from its begin; empty for a text that begins.</param>
    /// <param name="count">How many, from 1.</param>
    /// <param name="prefix">What they begin with; empty for any.</param>
    /// <exception cref="Errors.RedisMLException"><c>ModelNotFound</c>, <c>InvalidLanguageModel</c>.</exception>
    public async Task<IReadOnlyList<NextToken>> NextTokensAsync(string text, int count, string prefix, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var (batch, history) = Read(text);
        var contexts = ContextCounts.Chain(batch, batch.ContextId(history.Ids));
        var wanted = Encoding.UTF8.GetBytes(prefix);
        for (long look = Math.Max(FirstLook, 2L * count); ; look *= LookFactor)
        {
            // Begun together, they go in one packet.
            var discounts = ContextCounts.DiscountsAsync(this, cancellation);
            var distinct = Task.WhenAll(contexts.Select(context => ContextCounts.DistinctAsync(this, context, cancellation)));
            var lists = await Task.WhenAll(contexts.Select(context => ContextCounts.MostFrequentAsync(this, context, look, cancellation)))
                .ConfigureAwait(false);
            var (discount, saw) = (await discounts.ConfigureAwait(false), await distinct.ConfigureAwait(false));
            var levels = lists.Select((list, level) => new LevelCounts(list.Total, saw[level], discount[level])).ToArray();
            var ranking = new TokenRanking(levels, [.. lists.Select(list => list.Tokens)], look);
            await ranking.CompleteAsync(CountsAsync, token => wanted.Length == 0 || token.Span.StartsWith(wanted)).ConfigureAwait(false);
            if (ranking.TryTake(count, out var best)) return best;
        }

        async Task<double[]> CountsAsync(int level, RedisValue[] tokens) =>
            (await ContextCounts.CountsAsync(this, contexts[level], tokens, cancellation).ConfigureAwait(false)).Counts;
    }

    /// <summary>Writes on from a text, up to its end.</summary>
    /// <param name="text">The text so far; empty for a text that begins.</param>
    /// <param name="length">The most tokens that are written.</param>
    /// <param name="temperature">0 for the most probable token each time, 1 for all by their probability; above, rather rare ones.</param>
    /// <param name="seed">The same writes the same, while the model doesn't learn.</param>
    /// <returns>The text so far and what follows.</returns>
    /// <exception cref="Errors.RedisMLException"><c>ModelNotFound</c>, <c>InvalidLanguageModel</c>.</exception>
    public async Task<string> WriteAsync(string text, int length, double temperature, int seed, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(temperature);
        var (batch, history) = Read(text);
        var written = await new TextGenerator(this, temperature, (ulong)seed).WriteAsync(batch, history, length, cancellation)
            .ConfigureAwait(false);
        var last = TokenReader.ReadAll(text, Options.Tokenization).LastOrDefault();
        var added = TokenJoin.Join(last is null ? written : [last, .. written], Options.Tokenization)[(last?.Length ?? 0)..];
        return text + (text.Length > 0 && char.IsWhiteSpace(text[^1]) && Options.Tokenization == Tokenization.Word ? added.TrimStart(' ')
            : added);
    }

    /// <summary>The history after a text.</summary>
    (NGramBatch Batch, TokenHistory History) Read(string text)
    {
        var (batch, history) = (new NGramBatch(), new TokenHistory(Options.Order));
        history.Begin(batch);
        var reader = new TokenReader(Options.Tokenization);
        reader.Start(text);
        while (reader.MoveNext()) history.Add(batch.TokenId(reader.Current));
        return (batch, history);
    }
}
