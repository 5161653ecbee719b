using System.Management.Automation;
using RedisML.Datasets;

namespace RedisML.PowerShell;

[Cmdlet(VerbsCommon.Get, "RedisTrainingData")]
[OutputType(typeof(PSObject))]
public sealed class GetRedisTrainingDataCommand : RedisMLCmdlet
{
    /// <summary>Rows handed to the pipeline at once.</summary>
    const int Batch = 500;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "";

    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string[] Column { get; set; } = ["*"];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? Version { get; set; }

    [Parameter]
    public string? Filter { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Sample { get; set; }

    [Parameter]
    public int Seed { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var dataset = await new DatasetStore(connection).GetAsync(Dataset, Version, cancellation).ConfigureAwait(false);
        var columns = ColumnPatterns.Matching(dataset, Column);
        var filter = Filter is null ? null : new RowFilter(Filter, dataset);
        var sample = Sample is { } size ? new RowSample(size, Seed) : null;
        var rows = new List<PSObject>(Batch);
        // Without a filter the place of the first row and the last is known, and other chunks aren't read.
        var (skip, first) = filter is null ? (Skip, First) : (0, long.MaxValue);
        long matched = 0;
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, skip, first, cancellation).ConfigureAwait(false))
            using (chunk)
            {
                var (from, to) = chunk.Within(skip, first);
                foreach (int row in filter?.Matching(chunk) ?? Enumerable.Range(from, to - from))
                {
                    if (filter is not null && (matched++ < Skip || matched - Skip > First)) continue;
                    if (sample is not null) sample.Add(chunk.FirstRow + row, () => ToObject(chunk, row, columns, dataset));
                    else rows.Add(ToObject(chunk, row, columns, dataset));
                    if (rows.Count == Batch) PostRows();
                }
                if (filter is not null && First != long.MaxValue && matched - Skip >= First) break;
            }
        if (sample is not null) rows.AddRange(sample.Rows);
        PostRows();

        void PostRows()
        {
            var batch = rows;
            rows = new(Batch);
            Post(() => WriteObject(batch, enumerateCollection: true));
        }
    });

    static PSObject ToObject(DatasetChunk chunk, int row, int[] columns, Dataset dataset)
    {
        var result = new PSObject();
        foreach (int column in columns)
        {
            var (name, type, _) = dataset.Columns[column];
            result.Properties.Add(new PSNoteProperty(name, chunk.Value(column, row, type)), preValidated: true);
        }
        return result;
    }
}
