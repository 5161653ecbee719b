using System.Collections;
using RedisML.Connections;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

/// <summary>Completes the names of models, and behind an @ their aliases and versions.</summary>
public sealed class ModelNameCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        new ModelStore(connection).ListAsync(cancellation);

    protected override async Task<IReadOnlyList<string>> NamesAsync(
        RedisMLConnection connection, string word, IDictionary bound, CancellationToken cancellation)
    {
        int end = word.IndexOf(ModelReference.Separator);
        if (end < 0) return await NamesAsync(connection, bound, cancellation).ConfigureAwait(false);
        var versions = await new ModelStore(connection).VersionsAsync(word[..end], cancellation).ConfigureAwait(false);
        return [.. versions.SelectMany(version => version.Aliases).Order(StringComparer.Ordinal)
            .Concat(versions.Reverse().Select(version => $"{version.Version}"))
                .Select(which => $"{word[..end]}{ModelReference.Separator}{which}")];
    }
}

/// <summary>Completes the aliases of the model that the command line names.</summary>
public sealed class ModelAliasCompleter : RedisNameCompleter
{
    protected override async Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        (TextOf(bound, "Name") ?? TextOf(bound, "Model")) is { } text
            ? [.. (await new ModelStore(connection).VersionsAsync(ModelReference.Parse(text).Name, cancellation).ConfigureAwait(false))
                .SelectMany(version => version.Aliases).Order(StringComparer.Ordinal)] : [];
}
