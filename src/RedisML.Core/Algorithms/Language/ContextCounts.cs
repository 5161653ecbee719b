using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Algorithms.Language;

/// <summary>What the contexts of a model saw, read from Redis.</summary>
/// <remarks>Plain commands, sent together: a user who may only read can do so. What is read while somebody writes may miss a part of that
/// one batch.</remarks>
static class ContextCounts
{
    /// <summary>The chain of contexts of a history, the empty one first.</summary>
    public static NGramContext[] Chain(NGramBatch batch, int context)
    {
        var chain = new NGramContext[batch.Contexts[context].Level + 1];
        for (int id = context; id >= 0; id = batch.Contexts[id].Shorter) chain[batch.Contexts[id].Level] = batch.Contexts[id];
        return chain;
    }

    /// <summary>Begins to read what contexts saw in all.</summary>
    public static Task<LevelCounts[]> LevelsAsync(LanguageModel model, IReadOnlyList<NGramContext> contexts, CancellationToken cancellation)
    {
        int levels = model.Options.Order;
        RedisValue[] fields =
        [
            LanguageModelField.Id,
            .. Enumerable.Range(0, levels).Select(level => (RedisValue)(LanguageModelField.OnesPrefix + level)),
            .. Enumerable.Range(0, levels).Select(level => (RedisValue)(LanguageModelField.TwosPrefix + level)),
        ];
        var names = contexts.Select(context => (RedisValue)context.Name).ToArray();
        return ReadAsync();

        async Task<LevelCounts[]> ReadAsync()
        {
            var keys = model.Keys;
            // Begun together, they go in one packet.
            var state = model.Database.PatientlyAsync(d => d.HashGetAsync(keys.State, fields), cancellation);
            var totals = model.Database.PatientlyAsync(d => d.SortedSetScoresAsync(keys.Contexts, names), cancellation);
            var distinct = model.Database.PatientlyAsync(
                d => Task.WhenAll(contexts.Select(context => d.SortedSetLengthAsync(keys.Context(context.Name)))), cancellation);
            var counts = await state.ConfigureAwait(false);
            if (counts[0] != model.Id) throw model.Removed();
            var (scores, lengths) = (await totals.ConfigureAwait(false), await distinct.ConfigureAwait(false));
            return [.. contexts.Select((context, i) => new LevelCounts(Math.Floor(Checked(model, scores[i] ?? 0)), lengths[i],
                KneserNey.Discount(Number(counts[1 + context.Level]), Number(counts[1 + levels + context.Level]))))];
        }
    }

    /// <summary>The tokens that a context saw most often.</summary>
    /// <param name="count">How many; -1 for all.</param>
    public static async Task<SortedSetEntry[]> MostFrequentAsync(
        LanguageModel model, NGramContext context, long count, CancellationToken cancellation)
    {
        var found = await model.Database.PatientlyAsync(d => d.SortedSetRangeByRankWithScoresAsync(model.Keys.Context(context.Name), 0,
            count < 0 ? -1 : count - 1, StackExchange.Redis.Order.Descending), cancellation).ConfigureAwait(false);
        foreach (var entry in found) Checked(model, entry.Score);
        return found;
    }

    /// <summary>How often a context saw tokens; 0 for never.</summary>
    public static async Task<double[]> CountsAsync(
        LanguageModel model, NGramContext context, RedisValue[] tokens, CancellationToken cancellation)
    {
        if (tokens.Length == 0) return [];
        var scores = await model.Database.PatientlyAsync(d => d.SortedSetScoresAsync(model.Keys.Context(context.Name), tokens), cancellation)
            .ConfigureAwait(false);
        return Array.ConvertAll(scores, score => Checked(model, score ?? 0));
    }

    static double Number(RedisValue value) => value.TryParse(out long number) ? number : 0;

    static double Checked(LanguageModel model, double count) => count is >= 0 and <= 1L << 53 ? count
        : throw LanguageModel.Invalid(model.Name, FormattableString.Invariant($"a count is {count}"));
}
