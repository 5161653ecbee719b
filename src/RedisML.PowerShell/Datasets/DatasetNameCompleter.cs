using System.Collections;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

/// <summary>Completes the names of datasets.</summary>
public sealed class DatasetNameCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        new DatasetStore(connection).NamesAsync(cancellation);
}

/// <summary>Completes the names of the columns of the dataset that the command line names.</summary>
public sealed class ColumnNameCompleter : RedisNameCompleter
{
    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        ColumnsAsync(connection, bound, cancellation);

    internal static async Task<IReadOnlyList<string>> ColumnsAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation)
    {
        if ((TextOf(bound, "Dataset") ?? TextOf(bound, "Name")) is not { } name) return [];
        var dataset = await new DatasetStore(connection).FindAsync(name, cancellation).ConfigureAwait(false);
        return [.. dataset?.Columns.Select(c => c.Name) ?? []];
    }
}

/// <summary>Completes the versions that are kept of the dataset that the command line names.</summary>
public sealed class DatasetVersionCompleter : RedisNameCompleter
{
    protected override async Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        (TextOf(bound, "Dataset") ?? TextOf(bound, "Name")) is { } name
            ? [.. (await new DatasetStore(connection).VersionsAsync(name, cancellation).ConfigureAwait(false)).Select(d => $"{d.Version}")]
                : [];
}
