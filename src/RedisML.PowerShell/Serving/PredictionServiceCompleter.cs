using System.Collections;
using RedisML.Connections;
using RedisML.PowerShell.Cmdlets;
using RedisML.Serving;

namespace RedisML.PowerShell.Serving;

/// <summary>Completes the names of prediction services.</summary>
public sealed class PredictionServiceCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        new PredictionServices(connection).ListAsync(cancellation);
}
