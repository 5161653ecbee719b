using System.Collections;
using RedisML.Connections;
using RedisML.PowerShell.Cmdlets;
using RedisML.Runs;

namespace RedisML.PowerShell.Training;

/// <summary>Completes the ids of training runs.</summary>
public sealed class TrainingRunCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        new RunStore(connection).ListAsync(cancellation);
}
