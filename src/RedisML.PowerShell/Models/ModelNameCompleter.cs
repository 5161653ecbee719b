using System.Collections;
using RedisML.Connections;
using RedisML.Models;

namespace RedisML.PowerShell;

/// <summary>Completes the names of models.</summary>
public sealed class ModelNameCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound, CancellationToken cancellation) =>
        new ModelStore(connection).ListAsync(cancellation);
}
