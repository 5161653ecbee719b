using System.Collections;
using RedisML.Connections;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Online;

/// <summary>Completes the names of models that are trained online.</summary>
public sealed class OnlineTrainingCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) => new OnlineTrainings(connection).ListAsync(cancellation);
}
