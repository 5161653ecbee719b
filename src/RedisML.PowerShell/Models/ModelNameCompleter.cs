using System.Collections;
using RedisML.Connections;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

/// <summary>Completes the names of models.</summary>
public sealed class ModelNameCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound, CancellationToken cancellation) =>
        new ModelStore(connection).ListAsync(cancellation);
}
