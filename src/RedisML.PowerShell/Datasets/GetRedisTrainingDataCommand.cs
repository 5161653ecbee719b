using System.Management.Automation;
using RedisML.Datasets;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Outputs;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsCommon.Get, "RedisTrainingData", HelpUri = HelpPage.Folder + "Get-RedisTrainingData.md")]
[OutputType(typeof(PSObject))]
public sealed class GetRedisTrainingDataCommand : DatasetRowsCmdlet
{
    /// <summary>Rows handed to the pipeline at once.</summary>
    const int Batch = 500;

    [Parameter]
    [ArgumentCompleter(typeof(FilterCompleter))]
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
        var query = new RowQuery { Filter = Filter, Skip = Skip, First = First, Sample = Sample, Seed = Seed };
        var rows = new List<PSObject>(Batch);
        await foreach (var row in new RowReader(connection)
            .ReadAsync(dataset, query, (chunk, row) => ToObject(chunk, row, columns, dataset), cancellation).ConfigureAwait(false))
        {
            rows.Add(row);
            if (rows.Count == Batch) PostRows();
        }
        PostRows();

        void PostRows()
        {
            var batch = rows;
            rows = new(Batch);
            Post(() => WriteObjects(batch));
        }
    });

    static PSObject ToObject(DatasetChunk chunk, int row, int[] columns, Dataset dataset)
    {
        var result = CustomObject.Create(columns.Length);
        foreach (int column in columns)
        {
            var (name, type, _) = dataset.Columns[column];
            result.Add(name, chunk.Value(column, row, type));
        }
        return result;
    }
}
