using System.Collections;
using System.Globalization;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Training;

/// <summary>Completes the classes of the label of the dataset that the command line names, as its first rows have them.</summary>
public sealed class ClassCompleter : RedisNameCompleter
{
    const int MostRows = 10_000;
    const int MostClasses = 100;

    protected override async Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation)
    {
        if (TextOf(bound, "Dataset") is not { } name) return [];
        var dataset = await new DatasetStore(connection).GetAsync(name, null, cancellation).ConfigureAwait(false);
        if ((TextOf(bound, "Label") ?? dataset.Label) is not { } label) return [];
        var names = dataset.Columns.Select(column => column.Name).ToList();
        int index = names.IndexOf(label);
        if (index < 0) return [];
        var classes = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var value in new RowReader(connection).ReadAsync(dataset, new() { First = MostRows },
            (chunk, row) => chunk.Value(index, row, dataset.Columns[index].Type), cancellation).ConfigureAwait(false))
        {
            if (value is null || !classes.Add(Convert.ToString(value, CultureInfo.InvariantCulture)!)) continue;
            if (classes.Count == MostClasses) break;
        }
        return [.. classes.Order(StringComparer.Ordinal)];
    }
}
