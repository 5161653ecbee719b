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

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var dataset = await new DatasetStore(connection).GetAsync(Dataset, Version, cancellation).ConfigureAwait(false);
        var columns = Column.SelectMany(pattern => Matching(dataset, pattern)).Distinct().ToArray();
        var rows = new List<PSObject>(Batch);
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, Skip, First, cancellation).ConfigureAwait(false))
            using (chunk)
            {
                int from = (int)Math.Max(0, Skip - chunk.FirstRow);
                int to = (int)Math.Min(chunk.Rows, First == long.MaxValue ? long.MaxValue : Skip + First - chunk.FirstRow);
                for (int row = from; row < to; row++)
                {
                    rows.Add(ToObject(chunk, row, columns, dataset));
                    if (rows.Count == Batch) PostRows();
                }
            }
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

    static IEnumerable<int> Matching(Dataset dataset, string pattern)
    {
        var wildcard = new WildcardPattern(pattern, WildcardOptions.IgnoreCase);
        var matches = Enumerable.Range(0, dataset.Columns.Count).Where(i => wildcard.IsMatch(dataset.Columns[i].Name)).ToList();
        if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(pattern)) dataset.Column(pattern);
        return matches;
    }
}
