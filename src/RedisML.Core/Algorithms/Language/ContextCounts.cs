using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Algorithms.Language;

/// <summary>What the contexts of a model saw, read from Redis.</summary>
/// <remarks>Plain commands, sent together: a user who may only read can do so. What is read while somebody writes may miss a part of that
/// one batch.</remarks>
static class ContextCounts
{
    /// <summary>The member of a context that has its total: a byte that no token has.</summary>
    static readonly RedisValue s_total = (byte[])[NGramBatch.Separator];

    /// <summary>The chain of contexts of a history, the empty one first.</summary>
    public static NGramContext[] Chain(NGramBatch batch, int context)
    {
        var chain = new NGramContext[batch.Contexts[context].Level + 1];
        for (int id = context; id >= 0; id = batch.Contexts[id].Shorter) chain[batch.Contexts[id].Level] = batch.Contexts[id];
        return chain;
    }

    /// <summary>The discount of each level of the model.</summary>
    public static async Task<double[]> DiscountsAsync(LanguageModel model, CancellationToken cancellation)
    {
        int levels = model.Options.Order;
        RedisValue[] fields =
        [
            LanguageModelField.Id,
            .. Enumerable.Range(0, levels).Select(level => (RedisValue)(LanguageModelField.OnesPrefix + level)),
            .. Enumerable.Range(0, levels).Select(level => (RedisValue)(LanguageModelField.TwosPrefix + level)),
        ];
        var counts = await model.Database.PatientlyAsync(d => d.HashGetAsync(model.Keys.State, fields), cancellation).ConfigureAwait(false);
        if (counts[0] != model.Id) throw model.Removed();
        return [.. Enumerable.Range(0, levels)
            .Select(level => KneserNey.Discount(Number(counts[1 + level]), Number(counts[1 + levels + level])))];
    }

    /// <summary>How many different tokens a context saw.</summary>
    public static async Task<long> DistinctAsync(LanguageModel model, NGramContext context, CancellationToken cancellation) =>
        Math.Max(0, await model.Database.PatientlyAsync(d => d.SortedSetLengthAsync(model.Keys.Context(context.Name)), cancellation)
            .ConfigureAwait(false) - 1);

    /// <summary>The tokens that a context saw most often, and the total of all.</summary>
    /// <param name="count">How many; -1 for all.</param>
    public static async Task<(double Total, SortedSetEntry[] Tokens)> MostFrequentAsync(
        LanguageModel model, NGramContext context, long count, CancellationToken cancellation)
    {
        // The total, which no count exceeds, comes first: of equal scores the highest bytes do.
        var found = await model.Database.PatientlyAsync(d => d.SortedSetRangeByRankWithScoresAsync(model.Keys.Context(context.Name), 0,
            count, StackExchange.Redis.Order.Descending), cancellation).ConfigureAwait(false);
        foreach (var entry in found) Checked(model, entry.Score);
        if (found.Length == 0) return (0, []);
        return found[0].Element == s_total ? (found[0].Score, found[1..])
            : throw LanguageModel.Invalid(model.Name, "a context has no total, or less than a count");
    }

    /// <summary>How often a context saw tokens, 0 for never, and the total of all.</summary>
    public static async Task<(double Total, double[] Counts)> CountsAsync(
        LanguageModel model, NGramContext context, RedisValue[] tokens, CancellationToken cancellation)
    {
        var scores = await model.Database.PatientlyAsync(
            d => d.SortedSetScoresAsync(model.Keys.Context(context.Name), [.. tokens, s_total]), cancellation).ConfigureAwait(false);
        var counts = Array.ConvertAll(scores, score => Checked(model, score ?? 0));
        return (counts[^1], counts[..^1]);
    }

    static double Number(RedisValue value) => value.TryParse(out long number) ? number : 0;

    static double Checked(LanguageModel model, double count) => count is >= 0 and <= 1L << 53 ? count
        : throw LanguageModel.Invalid(model.Name, FormattableString.Invariant($"a count is {count}"));
}
