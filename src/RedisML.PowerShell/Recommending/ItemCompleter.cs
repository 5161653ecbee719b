using System.Collections;
using RedisML.Algorithms.MatrixFactorization;
using RedisML.Connections;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Recommending;

/// <summary>Completes the items that the model of the command line knows.</summary>
public sealed class ItemCompleter : RedisNameCompleter
{
    /// <summary>Nobody looks through more.</summary>
    const int Most = 1000;

    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) => NamesAsync(connection, "", bound, cancellation);

    protected override async Task<IReadOnlyList<string>> NamesAsync(
        RedisMLConnection connection, string word, IDictionary bound, CancellationToken cancellation)
    {
        if (TextOf(bound, "Model") is not { } model) return [];
        var recommender = await Recommender.OpenAsync(connection, ModelReference.Parse(model), cancellation).ConfigureAwait(false);
        return [.. recommender.Items.Where(item => item.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Take(Most)];
    }
}
