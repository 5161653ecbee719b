using System.Collections;
using System.Globalization;
using System.Management.Automation;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Outputs;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsData.Import, "RedisTrainingData", DefaultParameterSetName = "Path", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Import-RedisTrainingData.md")]
[OutputType(typeof(ImportResult))]
public sealed class ImportRedisTrainingDataCommand : RedisMLCmdlet, IDisposable
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("LP")]
    public string[] LiteralPath { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = new();

    [Parameter]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string? Dataset { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(FileColumnCompleter))]
    public string? Label { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(SchemaCompleter))]
    public object? Schema { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(NullValueCompleter))]
    public string[] NullValue { get; set; } = [];

    [Parameter]
    public DatasetLayout? Layout { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(FileColumnCompleter))]
    public string? Key { get; set; }

    [Parameter]
    public TimeSpan? TimeToLive { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public string? Encoding { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(DelimiterCompleter))]
    public string? Delimiter { get; set; }

    [Parameter]
    public char? Escape { get; set; }

    [Parameter]
    public string[]? Header { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(CommentCompleter))]
    public char? Comment { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(CultureCompleter))]
    public CultureInfo? Culture { get; set; }

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

    [Parameter]
    [ValidateRange(1, 100)]
    public int? ReplicaCount { get; set; }

    [Parameter]
    [ValidateRange(0.001, ReplicaDemand.LongestTimeout)]
    public double ReplicaTimeout { get; set; } = ReplicaDemand.DefaultTimeout;

    [Parameter]
    public ReplicaPolicy ReplicaPolicy { get; set; }

    readonly List<string> _files = [];
    ObjectFeed? _feed;
    Func<string?> _wayOn = () => null;

    private protected override string? WayOn => _wayOn();

    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "Path": AddFiles(Path.SelectMany(ResolveFiles)); break;
            case "LiteralPath": AddFiles(LiteralPath.Select(ResolvePath)); break;
            case var _ when InputObject.BaseObject is string path: AddFiles(ResolveFiles(path)); break;
            case var _ when InputObject.BaseObject is FileInfo file: AddFiles([file.FullName]); break;
            case var _ when InputObject.BaseObject is DirectoryInfo: break;
            case var _ when ObjectData.RowsOf(InputObject.BaseObject) is { } rows:
                foreach (object? row in rows)
                    if (row is not null) AddRow(PSObject.AsPSObject(row));
                break;
            default: AddRow(InputObject); break;
        }
    }

    protected override void EndProcessing()
    {
        if (_files.Count > 0) Import(_files);
        if (_feed is not { IsStarted: true }) return;
        var feed = _feed;
        Run($"Importing objects into dataset '{Dataset}'", () => Report(feed.Progress), async (_, cancellation) =>
            Show(await feed.EndAsync(cancellation).ConfigureAwait(false), "the pipeline"));
    }

    protected override void StopProcessing()
    {
        _feed?.Cancel();
        base.StopProcessing();
    }

    /// <summary>Ends the feed also where the pipeline broke off elsewhere, as <c>EndProcessing</c> isn't called then.</summary>
    public void Dispose() => _feed?.Dispose();

    /// <summary>Files go into the dataset named, all together; without a name each goes into one of its own, at once.</summary>
    void AddFiles(IEnumerable<string> files)
    {
        if (Dataset is not null) _files.AddRange(files);
        else foreach (var file in files) Import([file]);
    }

    void AddRow(PSObject row)
    {
        if (_feed is null)
        {
            if (Dataset is null)
                Fail(new("DatasetRequired", ErrorKind.InvalidArgument, "Objects from the pipeline need -Dataset, the name of the dataset.",
                null));
            if (Resume)
                Fail(new("ResumeImpossible", ErrorKind.InvalidOperation,
                "Objects from the pipeline can't be read again, so that their import can't resume.", Dataset));
            _feed = new();
            if (!ShouldProcess($"Import objects into dataset '{Dataset}'", $"Import objects into dataset '{Dataset}'?", "Import")) return;
            var options = Options(Dataset!);
            Run((connection, _) =>
            {
                _feed.Start(connection, options);
                return Task.CompletedTask;
            });
        }
        if (_feed.Add(row) is { } waiting) Run(waiting);
    }

    ImportOptions Options(string dataset) => new()
    {
        Dataset = dataset,
        Label = Label,
        Schema = Types(),
        NullValues = NullValue,
        Encoding = Encoding,
        Delimiter = Separator(),
        Whitespace = IsWhitespace,
        Escape = Escape,
        Header = Header,
        Comment = Comment,
        Culture = Culture?.Name,
        Layout = Layout ?? (Key is null && TimeToLive is null ? null : DatasetLayout.Hash),
        Key = Key,
        TimeToLive = TimeToLive,
        Compression = Compression,
        BadRow = RejectPath is not null && !MyInvocation.BoundParameters.ContainsKey(nameof(BadRow)) ? BadRowPolicy.Quarantine : BadRow,
        MaxBadRows = MaxBadRow,
        RejectPath = RejectPath is null ? null : ResolvePath(RejectPath),
        Append = Append,
        SchemaChange = SchemaChange,
        Force = Force,
        Resume = Resume,
        KeepVersions = KeepVersion,
        Replicas = ReplicaCount is { } count ? new(count, ReplicaTimeout, ReplicaPolicy) : null,
    };

    bool IsWhitespace => string.Equals(Delimiter, "Whitespace", StringComparison.OrdinalIgnoreCase);

    char? Separator()
    {
        bool fits = IsWhitespace ? Escape is null : Delimiter is null or [< '\u0080'];
        if (!fits || Escape > '\u007F')
            Fail(new("InvalidDelimiter", ErrorKind.InvalidArgument,
                "-Delimiter is an ASCII character, or Whitespace for runs of blanks and then without -Escape; -Escape is an ASCII " +
                "character.", Delimiter));
        return IsWhitespace ? null : Delimiter?[0];
    }

    void Import(IReadOnlyList<string> files)
    {
        string dataset = Dataset ?? NameOf(files[0]);
        if (Dataset is null && files[0] == "-")
            Fail(new("DatasetRequired", ErrorKind.InvalidArgument, "Standard input needs -Dataset, the name of the dataset.", null));
        string source = files.Count == 1 ? $"'{files[0]}'" : $"'{files[0]}' and {files.Count - 1} more such as '{files[^1]}'";
        var options = Options(dataset);
        string action = $"Import {source} into dataset '{dataset}'";
        if (!ShouldProcess(IsWhatIf && files[0] != "-" ? $"Import {source}: {Plan(files, options)}" : action, $"{action}?", "Import"))
            return;
        var progress = new LatestProgress<ImportProgress>();
        if (files[0] != "-") _wayOn = () => progress.Value.Rows == 0 ? null
            : $"The import into dataset '{dataset}' was stopped; what it wrote is kept for a day. The same command with -Resume goes on.";
        Run($"Importing {source} into dataset '{dataset}'", () => Report(progress), async (connection, cancellation) =>
            Show(await DatasetImport.RunAsync(connection, files, options, progress, cancellation).ConfigureAwait(false), source));
    }

    void Show(ImportResult result, string source)
    {
        foreach (var warning in result.Warnings) PostWarning(warning);
        if (result.Unchanged)
            PostWarning(
            $"Dataset '{result.Dataset}' (version {result.Version}) came from this very file already: nothing to do. Use -Force to " +
            "replace it all the same.");
        if (result.RowsRejected > 0)
            PostWarning(
                $"{result.RowsRejected:N0} of {result.RowsRead:N0} rows of {source} didn't fit and were left " +
                $"out{(result.RejectPath is { } rejects ? $"; they are in '{rejects}'" : "")}.");
        PostObject(result);
    }

    static ProgressReport Report(LatestProgress<ImportProgress> progress)
    {
        var (rows, read, total) = progress.Value;
        return new($"{rows:N0} rows, {rows / progress.Seconds:N0} rows/s", total > 0 ? (double)read / total : null);
    }

    /// <summary>The files that a path with wildcards stands for; one without a match is an error, as the file it names.</summary>
    IEnumerable<string> ResolveFiles(string path)
    {
        if (path == "-") return [path];
        if (!WildcardPattern.ContainsWildcardCharacters(path)) return [ResolvePath(path)];
        var files = GetResolvedProviderPathFromPSPath(path, out _);
        if (files.Count == 0)
            Fail(new("FileNotFound", ErrorKind.ObjectNotFound, $"No file matches '{path}'." +
                (path.Contains('[') ? " Brackets are wildcards there: -LiteralPath takes them as they are." : ""), path));
        return files;
    }

    /// <summary>The file's name up to its first dot, with what a dataset's name can't have replaced.</summary>
    static string NameOf(string file) =>
        string.Concat(System.IO.Path.GetFileName(file).Split('.')[0]
            .Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-'));

    bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
        ? ((SwitchParameter)given).IsPresent
        : SessionState.PSVariable.GetValue("WhatIfPreference") is true or SwitchParameter { IsPresent: true };

    /// <summary>What would happen, in words.</summary>
    string Plan(IReadOnlyList<string> files, ImportOptions options)
    {
        string plan = "";
        Run(async (connection, cancellation) =>
        {
            try { plan = $"{await DatasetImport.PlanAsync(connection, files, options, cancellation).ConfigureAwait(false)}"; }
            catch (RedisMLException e) { plan = $"would fail: {e.Message}"; }
        });
        return plan;
    }

    /// <summary>The types of columns: from a hashtable, or those of a dataset.</summary>
    Dictionary<string, ColumnType> Types()
    {
        switch (OutputObject.Source(Schema))
        {
            case null:
                return [];
            case IDictionary table:
                return table.Cast<DictionaryEntry>().ToDictionary(e => $"{e.Key}", TypeOf);
            case Dataset dataset:
                return TypesOf(dataset);
            case string name:
                Dataset? found = null;
                Run(async (connection, cancellation) =>
                    found = await new DatasetStore(connection).GetAsync(name, null, cancellation).ConfigureAwait(false));
                return TypesOf(found!);
            default:
                Fail(new("InvalidSchema", ErrorKind.InvalidArgument,
                    "-Schema takes a hashtable of columns and their types, a dataset, or the name of one.", Schema));
                return [];
        }
    }

    static Dictionary<string, ColumnType> TypesOf(Dataset dataset) => dataset.Columns.ToDictionary(c => c.Name, c => c.Type);

    ColumnType TypeOf(DictionaryEntry entry)
    {
        if (ColumnType.TryParse(entry.Value?.ToString(), out var type)) return type;
        Fail(new("InvalidColumnType", ErrorKind.InvalidArgument,
            $"'{entry.Value}' is no type of a column; -Schema takes {string.Join(", ", ColumnType.Forms)}.", entry.Key));
        return default;
    }
}
