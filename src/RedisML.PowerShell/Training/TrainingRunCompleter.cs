using System.Collections;
using RedisML.Connections;
using RedisML.PowerShell.Cmdlets;
using RedisML.Training;

namespace RedisML.PowerShell.Training;

/// <summary>Completes the ids of training runs.</summary>
public sealed class TrainingRunCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        new TrainingStore(connection).ListAsync(cancellation);
}
