using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Exporting;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsData.Export, "RedisTrainingData", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Export-RedisTrainingData.md")]
[OutputType(typeof(ExportResult))]
public sealed class ExportRedisTrainingDataCommand : DatasetRowsCmdlet
{
    [Parameter(Mandatory = true, Position = 1)]
    public string Path { get; set; } = "";

    [Parameter]
    public ExportFormat? Format { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FilterCompleter))]
    public string? Filter { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(DelimiterCompleter))]
    public char Delimiter { get; set; } = ',';

    [Parameter]
    public SwitchParameter NeutralizeFormula { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    protected override void ProcessRecord()
    {
        string path = ResolvePath(Path);
        try
        {
            DatasetExport.FormatOf(path, Format);
        }
        catch (RedisMLException e)
        {
            Fail(e);
        }
        if (!ShouldProcess(path, $"Export dataset '{Dataset}'")) return;
        var rows = new LatestProgress<long>();
        long total = 0;
        Run($"Exporting dataset '{Dataset}' to '{path}'", () =>
            new($"{rows.Value:N0} rows", (double)rows.Value / Math.Max(1, total)), async (connection, cancellation) =>
        {
            var dataset = await new DatasetStore(connection).GetAsync(Dataset, Version, cancellation).ConfigureAwait(false);
            total = Math.Min(First, Math.Max(0, dataset.Rows - Skip));
            var columns = ColumnPatterns.Matching(dataset, Column);
            if (columns.Length == 0)
                throw new RedisMLException("ColumnNotFound", ErrorKind.ObjectNotFound,
                    $"No column of dataset '{dataset.Name}' matches {string.Join(", ", Column.Select(c => $"'{c}'"))}.", dataset.Name);
            var options = new ExportOptions
            {
                Path = path,
                Format = Format,
                Filter = Filter,
                First = First,
                Skip = Skip,
                Columns = [.. columns.Select(i => dataset.Columns[i].Name)],
                Delimiter = Delimiter,
                NeutralizeFormula = NeutralizeFormula,
                Force = Force,
                NoClobber = NoClobber,
            };
            PostObject(await new DatasetExport(connection).RunAsync(dataset, options, rows, cancellation).ConfigureAwait(false));
        });
    }
}
