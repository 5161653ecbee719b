using System.Collections;
using RedisML.Connections;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;
using RedisML.Runs;

namespace RedisML.PowerShell.Training;

/// <summary>Completes the names of the metrics of the run that the command line names; where it names none,
/// those that runs usually have.</summary>
public sealed class MetricNameCompleter : RedisNameCompleter
{
    static readonly string[] s_usual = ["loss", "validationLoss", "rowsPerSecond"];

    protected override async Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation)
    {
        if (TextOf(bound, "Id") is not { } id) return s_usual;
        var metrics = await new OnlineTrainings(connection).FindMetricsAsync(id, cancellation).ConfigureAwait(false)
            ?? await new RunStore(connection).MetricsAsync(id, cancellation).ConfigureAwait(false);
        return [.. metrics.Select(metric => metric.Name).Distinct().Order(StringComparer.Ordinal)];
    }
}
