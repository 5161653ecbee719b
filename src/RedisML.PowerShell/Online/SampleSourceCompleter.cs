using System.Collections;
using RedisML.Connections;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Online;

/// <summary>Completes the names of lists and streams that models learn from.</summary>
public sealed class SampleSourceCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) => new OnlineTrainings(connection).SourcesAsync(cancellation);
}
