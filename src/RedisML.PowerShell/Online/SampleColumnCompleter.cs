using System.Collections;
using RedisML.Connections;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Online;

/// <summary>Completes the names of the columns that the samples of a list or stream have.</summary>
public sealed class SampleColumnCompleter : RedisNameCompleter
{
    protected override async Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation)
    {
        var trainings = new OnlineTrainings(connection);
        return TextOf(bound, "List") is { } list
            ? await trainings.ColumnsAsync(SampleSourceKind.List, list, cancellation).ConfigureAwait(false)
            : TextOf(bound, "Stream") is { } stream
                ? await trainings.ColumnsAsync(SampleSourceKind.Stream, stream, cancellation).ConfigureAwait(false) : [];
    }
}
