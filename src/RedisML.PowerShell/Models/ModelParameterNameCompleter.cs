using System.Collections;
using RedisML.Connections;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

/// <summary>Completes the names of the parameters of the model that <c>-Model</c> names.</summary>
public sealed class ModelParameterNameCompleter : RedisNameCompleter
{
    protected override async Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        TextOf(bound, "Model") is { } model
            ? (await new ModelStore(connection).GetAsync(ModelReference.Parse(model), cancellation).ConfigureAwait(false)).Parameters : [];
}
