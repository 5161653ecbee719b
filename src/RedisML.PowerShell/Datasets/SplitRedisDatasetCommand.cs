using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Datasets.Splitting;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsCommon.Split, "RedisDataset", SupportsShouldProcess = true, DefaultParameterSetName = TestSet,
    HelpUri = HelpPage.Folder + "Split-RedisDataset.md")]
[OutputType(typeof(DatasetPart))]
public sealed class SplitRedisDatasetCommand : RedisMLCmdlet
{
    const string TestSet = "TrainAndTest", PartsSet = "Parts", FilterSet = "Filter", LastSet = "Last";

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter(ParameterSetName = TestSet)]
    [ValidateRange(1e-6, 1 - 1e-6)]
    public double TestFraction { get; set; } = 0.2;

    [Parameter(ParameterSetName = PartsSet, Mandatory = true)]
    public double[] Fraction { get; set; } = [];

    [Parameter(ParameterSetName = FilterSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FilterCompleter))]
    public string? Filter { get; set; }

    [Parameter(ParameterSetName = LastSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? LastOf { get; set; }

    [Parameter(ParameterSetName = LastSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? OrderBy { get; set; }

    [Parameter(ParameterSetName = PartsSet)]
    [Parameter(ParameterSetName = FilterSet)]
    [Parameter(ParameterSetName = LastSet)]
    public string[]? PartName { get; set; }

    [Parameter(ParameterSetName = TestSet)]
    [Parameter(ParameterSetName = PartsSet)]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? Stratify { get; set; }

    [Parameter(ParameterSetName = TestSet)]
    [Parameter(ParameterSetName = PartsSet)]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? By { get; set; }

    [Parameter(ParameterSetName = TestSet)]
    [Parameter(ParameterSetName = PartsSet)]
    public SwitchParameter Sorted { get; set; }

    [Parameter(ParameterSetName = TestSet)]
    [Parameter(ParameterSetName = PartsSet)]
    public int Seed { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        if (Parts() is not { } parts || !ShouldProcess(Name, Describe(parts))) return;
        var options = new DatasetSplitOptions
        {
            Parts = parts,
            Seed = Seed,
            Filter = Filter,
            LastOf = LastOf,
            OrderBy = OrderBy,
            Stratify = Stratify,
            By = By,
            Sorted = MyInvocation.BoundParameters.ContainsKey(nameof(Sorted)) ? Sorted : null,
            Force = Force,
        };
        var progress = new LatestProgress<SplitProgress>();
        long total = 0;
        Run($"Splitting dataset '{Name}'", () => Report(progress.Value, total), async (connection, cancellation) =>
        {
            var source = await new DatasetStore(connection).GetAsync(Name, null, cancellation).ConfigureAwait(false);
            total = source.Rows;
            foreach (var part in await new DatasetSplit(connection).RunAsync(source, options, progress, cancellation).ConfigureAwait(false))
                PostObject(part);
        });
    }

    IReadOnlyList<SplitPart>? Parts()
    {
        try
        {
            return ParameterSetName switch
            {
                TestSet => SplitPart.TrainAndTest(TestFraction),
                FilterSet or LastSet => SplitPart.ByCondition(PartName),
                _ => SplitPart.Of(Fraction, PartName),
            };
        }
        catch (RedisMLException e)
        {
            Fail(e);
            return null;
        }
    }

    string Describe(IReadOnlyList<SplitPart> parts)
    {
        if (Filter is not null) return $"Split into '{Name}-{parts[0].Name}' and, where {Filter}, '{Name}-{parts[1].Name}'";
        if (LastOf is not null) return $"Split into '{Name}-{parts[0].Name}' and, the last of each '{LastOf}', '{Name}-{parts[1].Name}'";
        var names = parts.Select(p => FormattableString.Invariant($"'{Name}-{p.Name}' ({p.Fraction * 100:0.##} %)")).ToList();
        return $"Split into {string.Join(", ", names.SkipLast(1))} and {names[^1]}"
            + (Stratify is not null ? $", each with the same share of every '{Stratify}'" : By is not null ? $", by '{By}'" : "");
    }

    static ProgressReport Report(SplitProgress progress, long total) =>
        new($"{(progress.IsWriting ? "writing" : "counting")}, {progress.Rows:N0} rows", (double)progress.Rows / Math.Max(1, total));
}
