using System.Collections;
using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Datasets.Chunks;
using RedisML.Datasets.Importing;

namespace RedisML.PowerShell;

[Cmdlet(VerbsData.Import, "RedisTrainingData", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(ImportResult))]
public sealed class ImportRedisTrainingDataCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    [Parameter]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string? Dataset { get; set; }

    [Parameter]
    public string? Label { get; set; }

    [Parameter]
    public object? Schema { get; set; }

    [Parameter]
    public string[] NullValue { get; set; } = [];

    [Parameter]
    public ChunkCompression Compression { get; set; } = ChunkCompression.Lz4;

    [Parameter]
    public BadRowPolicy BadRow { get; set; }

    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long MaxBadRow { get; set; } = long.MaxValue;

    [Parameter]
    public string? RejectPath { get; set; }

    [Parameter]
    public SwitchParameter Append { get; set; }

    [Parameter]
    public SchemaChange SchemaChange { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter Resume { get; set; }

    [Parameter]
    [ValidateRange(1, 1000)]
    public int? KeepVersion { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var file in ParameterSetName == "Path" ? Path.SelectMany(ResolveFiles) : LiteralPath.Select(ResolvePath)) Import(file);
    }

    void Import(string file)
    {
        string dataset = Dataset ?? NameOf(file);
        var options = new ImportOptions
        {
            Dataset = dataset,
            Label = Label,
            Schema = Types(),
            NullValues = NullValue,
            Compression = Compression,
            BadRow = RejectPath is not null && !MyInvocation.BoundParameters.ContainsKey(nameof(BadRow)) ? BadRowPolicy.Quarantine : BadRow,
            MaxBadRows = MaxBadRow,
            RejectPath = RejectPath is null ? null : ResolvePath(RejectPath),
            Append = Append,
            SchemaChange = SchemaChange,
            Force = Force,
            Resume = Resume,
            KeepVersions = KeepVersion,
        };
        if (!ShouldProcess(IsWhatIf ? $"Import '{file}': {Plan(file, options)}" : $"Import '{file}' into dataset '{dataset}'", $"Import '{file}' into dataset '{dataset}'?", "Import")) return;
        var progress = new LatestProgress<ImportProgress>();
        Run($"Importing '{file}' into dataset '{dataset}'", () => Report(progress), async (connection, cancellation) =>
        {
            var result = await DatasetImport.RunAsync(connection, file, options, progress, cancellation).ConfigureAwait(false);
            if (result.Warning is { } warning) PostWarning(warning);
            if (result.Unchanged) PostWarning($"Dataset '{dataset}' (version {result.Version}) came from this very file already: nothing to do. Use -Force to replace it all the same.");
            if (result.RowsRejected > 0)
                PostWarning($"{result.RowsRejected:N0} of {result.RowsRead:N0} rows of '{file}' didn't fit and were left out{(result.RejectPath is { } rejects ? $"; they are in '{rejects}'" : "")}.");
            PostObject(result);
        });
    }

    static ProgressReport Report(LatestProgress<ImportProgress> progress)
    {
        var (rows, read, total) = progress.Value;
        return new($"{rows:N0} rows, {rows / progress.Seconds:N0} rows/s", (double)read / Math.Max(1, total));
    }

    /// <summary>The files that a path with wildcards stands for; one without a match is an error, as the file it names.</summary>
    IEnumerable<string> ResolveFiles(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path)) return [ResolvePath(path)];
        var files = GetResolvedProviderPathFromPSPath(path, out _);
        if (files.Count == 0) Fail(new("FileNotFound", ErrorKind.ObjectNotFound, $"No file matches '{path}'.", path));
        return files;
    }

    /// <summary>The file's name up to its first dot, with what a dataset's name can't have replaced.</summary>
    static string NameOf(string file) =>
        string.Concat(System.IO.Path.GetFileName(file).Split('.')[0].Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-'));

    bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
        ? ((SwitchParameter)given).IsPresent
        : SessionState.PSVariable.GetValue("WhatIfPreference") is true or SwitchParameter { IsPresent: true };

    /// <summary>What would happen, in words.</summary>
    string Plan(string file, ImportOptions options)
    {
        string plan = "";
        Run(async (connection, cancellation) =>
        {
            try { plan = $"{await DatasetImport.PlanAsync(connection, file, options, cancellation).ConfigureAwait(false)}"; }
            catch (RedisMLException e) { plan = $"would fail: {e.Message}"; }
        });
        return plan;
    }

    /// <summary>The types of columns: from a hashtable, or those of a dataset.</summary>
    Dictionary<string, ColumnType> Types()
    {
        switch (Schema is PSObject wrapped ? wrapped.BaseObject : Schema)
        {
            case null:
                return [];
            case IDictionary table:
                return table.Cast<DictionaryEntry>().ToDictionary(e => $"{e.Key}", TypeOf);
            case Datasets.Dataset dataset:
                return TypesOf(dataset);
            case string name:
                Datasets.Dataset? found = null;
                Run(async (connection, cancellation) => found = await new DatasetStore(connection).GetAsync(name, null, cancellation).ConfigureAwait(false));
                return TypesOf(found!);
            default:
                Fail(new("InvalidSchema", ErrorKind.InvalidArgument, "-Schema takes a hashtable of columns and their types, a dataset, or the name of one.", Schema));
                return [];
        }
    }

    static Dictionary<string, ColumnType> TypesOf(Datasets.Dataset dataset) => dataset.Columns.ToDictionary(c => c.Name, c => c.Type);

    ColumnType TypeOf(DictionaryEntry entry)
    {
        if (ColumnType.TryParse(entry.Value?.ToString(), out var type)) return type;
        Fail(new("InvalidColumnType", ErrorKind.InvalidArgument,
            $"'{entry.Value}' is no type of a column; -Schema takes {string.Join(", ", ColumnType.Forms)}.", entry.Key));
        return default;
    }
}
