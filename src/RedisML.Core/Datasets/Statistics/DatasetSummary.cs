using RedisML.Columns;
using RedisML.Connections;
using RedisML.Errors;

namespace RedisML.Datasets.Statistics;

/// <summary>Summarises the columns of a dataset in one pass, in memory that doesn't grow with the rows: a megabyte a column,
/// of long texts ten.</summary>
/// <remarks>Columns are worked on side by side, and each takes the chunks in their order:
/// results don't depend on how many processors there are.</remarks>
public sealed class DatasetSummary(RedisMLConnection connection)
{
    /// <summary>How many columns are correlated at most: a square of more can't be read.</summary>
    public const int MaxCorrelated = 30;

    /// <summary>One summary a column, in the dataset's order unless the options give another.</summary>
    /// <param name="rows">Told the rows read so far.</param>
    /// <exception cref="RedisMLException">The errors of <see cref="DatasetReader"/>.</exception>
    public async Task<IReadOnlyList<ColumnSummary>> RunAsync(Dataset dataset, SummaryOptions options, IProgress<long>? rows,
        CancellationToken cancellation)
    {
        int[] columns = [.. options.Columns ?? [.. Enumerable.Range(0, dataset.Columns.Count)]];
        var reader = new DatasetReader(connection);
        var samples = options.Bins is null ? await BinSample.ReadAsync(reader, dataset, columns, cancellation).ConfigureAwait(false) : null;
        var profiles = columns.Select((c, i) => ColumnProfile.Create(dataset.Columns[c], options, samples?[i])).ToArray();
        // Rows that lie one by one may have been replaced since they were imported.
        var statistics = dataset.Placement is null ? null : new ColumnStatistics[dataset.Columns.Count];
        var work = Task.CompletedTask;
        try
        {
            await foreach (var chunk in reader.ReadAsync(dataset, cancellation: cancellation).ConfigureAwait(false))
            {
                // The next chunk is decoded while the columns of this one are worked on.
                _ = chunk.Batch;
                await work.ConfigureAwait(false);
                rows?.Report(chunk.FirstRow);
                work = Task.Run(() => Add(chunk), CancellationToken.None);
            }
        }
        finally
        {
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await work.ConfigureAwait(false);
        return [.. columns.Zip(profiles, (c, profile) => Bounded(
            profile.Complete(Summarise(dataset, dataset.Columns[c], statistics?[c] ?? dataset.Columns[c].Statistics))))];

        // An estimate may be a little above what there is.
        static ColumnSummary Bounded(ColumnSummary summary) => summary with { Distinct = Math.Min(summary.Distinct, summary.Count) };

        void Add(DatasetChunk chunk)
        {
            using (chunk)
            {
                Parallel.For(0, columns.Length, i => profiles[i].Add(chunk.Batch.Column(columns[i])));
                for (int i = 0; i < statistics?.Length; i++) statistics[i] = statistics[i].Merge(chunk.Statistics![i]);
            }
        }
    }

    /// <summary>How each two of the numeric columns that the options give go together, the first <see cref="MaxCorrelated"/> of them:
    /// a pass over all rows.</summary>
    /// <exception cref="RedisMLException">The errors of <see cref="DatasetReader"/>.</exception>
    public async Task<IReadOnlyList<ColumnCorrelation>> CorrelateAsync(
        Dataset dataset, SummaryOptions options, CancellationToken cancellation)
    {
        int[] columns =
        [
            .. (options.Columns ?? [.. Enumerable.Range(0, dataset.Columns.Count)])
                .Where(c => dataset.Columns[c].Type.IsNumeric && dataset.Columns[c].Statistics.Count > 0).Take(MaxCorrelated),
        ];
        if (columns.Length < 2) return [];
        var counter = new CorrelationCounter(dataset, columns);
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation).ConfigureAwait(false))
            using (chunk) counter.Add(chunk.Batch);
        return counter.Complete();
    }

    static ColumnSummary Summarise(Dataset dataset, DatasetColumn column, ColumnStatistics s)
    {
        bool hasMean = column.Type.IsNumeric && s.Count > 0;
        return new(dataset.Name, column.Name, column.Type, s.Count, s.Missing, hasMean ? s.Mean : null, hasMean ? s.StandardDeviation
            : null,
            ToObject(s.Minimum, column.Type), ToObject(s.Maximum, column.Type), Distinct: 0);
    }

    static object? ToObject(double? value, ColumnType type) =>
        value is { } count && type.Kind is TypeKind.Date32 or TypeKind.Timestamp ? TimestampUnits.ToObject((long)count, type) : value;
}
