using System.Collections;
using RedisML.Connections;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

/// <summary>Completes the versions of the model that the command line names, the newest first.</summary>
public sealed class ModelVersionCompleter : RedisNameCompleter
{
    protected override async Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) => (TextOf(bound, "Name") ?? TextOf(bound, "Model")) is { } text
            ? [.. (await new ModelStore(connection).VersionsAsync(ModelReference.Parse(text).Name, cancellation).ConfigureAwait(false))
                .Reverse().Select(version => $"{version.Version}")] : [];
}
