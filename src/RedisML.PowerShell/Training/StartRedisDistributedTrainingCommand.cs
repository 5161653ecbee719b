using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Datasets;
using RedisML.PowerShell.Models;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Training;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsLifecycle.Start, "RedisDistributedTraining", SupportsShouldProcess = true, DefaultParameterSetName = BuiltInSet,
    HelpUri = HelpPage.Folder + "Start-RedisDistributedTraining.md")]
[OutputType(typeof(TrainingJob), typeof(TrainingRun))]
public sealed partial class StartRedisDistributedTrainingCommand : TrainingJobCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "";

    [Parameter]
    [ArgumentCompleter(typeof(DatasetVersionCompleter))]
    public long? DatasetVersion { get; set; }

    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = BuiltInSet)]
    [Parameter(ParameterSetName = ScriptSet)]
    [ArgumentCompleter(typeof(AlgorithmCompleter))]
    public string Algorithm { get; set; } = "Custom";

    [Parameter]
    [ArgumentCompleter(typeof(AlgorithmOptionCompleter))]
    public IDictionary Option { get; set; } = new Hashtable();

    [Parameter]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? Label { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string[] Feature { get; set; } = [];

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string[] ExcludeFeature { get; set; } = [];

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string[] Category { get; set; } = [];

    [Parameter]
    [ArgumentCompleter(typeof(ClassCompleter))]
    public string? PositiveClass { get; set; }

    [Parameter]
    public IDictionary Derive { get; set; } = new Hashtable();

    [Parameter]
    public MissingPolicy? Missing { get; set; }

    [Parameter]
    [ValidateRange(1, 10_000)]
    public int NodeCount { get; set; } = 1;

    [Parameter]
    [ValidateRange(1, 10_000)]
    public int? MinNode { get; set; }

    [Parameter]
    [ValidateRange(1, 10_000)]
    public int? MaxNode { get; set; }

    [Parameter]
    [ValidateRange(1, 100)]
    public int? ReplicaCount { get; set; }

    [Parameter]
    [ValidateRange(0.001, ReplicaDemand.LongestTimeout)]
    public double ReplicaTimeout { get; set; } = ReplicaDemand.DefaultTimeout;

    [Parameter]
    public ReplicaPolicy ReplicaPolicy { get; set; }

    [Parameter]
    [ValidateRange(0.1, double.MaxValue)]
    public double JoinTimeout { get; set; } = new NodeOptions().JoinTimeout;

    [Parameter]
    [ValidateRange(0.5, double.MaxValue)]
    public double NodeTimeout { get; set; } = new NodeOptions().NodeTimeout;

    [Parameter]
    [ValidateRange(0.0, double.MaxValue)]
    public double CheckpointInterval { get; set; } = new NodeOptions().CheckpointInterval;

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int CheckpointStep { get; set; }

    [Parameter]
    [ValidateRange(1, 1000)]
    public int KeepCheckpoint { get; set; } = new NodeOptions().KeepCheckpoint;

    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Model, $"Train on dataset '{Dataset}'")) return;
        var script = Script();
        if (script is not null && Nodes().Limit > 1) WriteInformation(new HostInformationMessage
        {
            Message = $"Other nodes run this script with Join-RedisDistributedTraining -AllowScript {script.Hash}",
        }, ["PSHOST"]);
        Train($"Training model '{Model}'", Model, async (connection, cancellation) =>
        {
            var dataset = await new DatasetStore(connection).GetAsync(Dataset, DatasetVersion, cancellation).ConfigureAwait(false);
            var validation = Validation is null ? null
                : await new DatasetStore(connection).GetAsync(Validation, null, cancellation).ConfigureAwait(false);
            return await ModelTraining.StartAsync(
                connection, dataset, Model, Specify(dataset) with { Script = script }, WorkerCount, Nodes(), cancellation, validation,
                _host,
                ReplicaCount is { } count ? new(count, ReplicaTimeout, ReplicaPolicy) : null).ConfigureAwait(false);
        });
    }

    NodeOptions Nodes()
    {
        var options = new NodeOptions
        {
            NodeCount = NodeCount,
            MinNode = MinNode ?? 1,
            MaxNode = MaxNode ?? 0,
            JoinTimeout = JoinTimeout,
            NodeTimeout = NodeTimeout,
            CheckpointInterval = CheckpointInterval,
            CheckpointStep = CheckpointStep,
            KeepCheckpoint = KeepCheckpoint,
        };
        return options.MinNode <= NodeCount && NodeCount <= options.Limit ? options : throw new RedisMLException("NodeCountInvalid",
            ErrorKind.InvalidArgument,
            $"-MinNode ({options.MinNode}), -NodeCount ({NodeCount}) and -MaxNode ({options.Limit}) must not decrease.", NodeCount);
    }

    TrainingSpecification Specify(Dataset dataset)
    {
        var derived = Derive.Cast<DictionaryEntry>().Select(e => new DerivedColumn($"{e.Key}", $"{e.Value}")).ToList();
        var names = dataset.Columns.Select(c => c.Name).Concat(derived.Select(d => d.Name)).ToList();
        var excluded = Expand(ExcludeFeature, names);
        var family = ModelFamilies.Get(Algorithm);
        var algorithm = family as IAlgorithm;
        var options = Options();
        var defaults = algorithm?.DefaultsWith(options) ?? new();
        var specification = WithOptimization(new()
        {
            Algorithm = family.Name,
            Options = options,
            Label = Label ?? dataset.Label ?? throw new RedisMLException("LabelMissing", ErrorKind.InvalidArgument,
                $"Dataset '{dataset.Name}' names no label: say with -Label which column to predict.", dataset.Name),
            Features = Feature.Length == 0 ? null : [.. Expand(Feature, names).Except(excluded)],
            ExcludedFeatures = excluded,
            Categories = Expand(Category, names),
            PositiveClass = PositiveClass,
            Derived = derived,
            Missing = Missing ?? defaults.Missing,
        }, defaults);
        if (algorithm?.Complete(specification).Features is null) WarnOfTimes(dataset, excluded);
        return specification;
    }

    Dictionary<string, JsonElement> Options()
    {
        var options = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in Option)
        {
            string name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            options[name] = Unwrap(entry.Value) switch
            {
                object[] list => ToJson(name, list.Select(Unwrap)),
                var value => ToJson(name, value),
            };
        }
        return options;
    }

    static JsonElement ToJson(string name, object? value)
    {
        try
        {
            return JsonSerializer.SerializeToElement(value);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or JsonException or InvalidOperationException)
        {
            throw new RedisMLException("OptionInvalid", ErrorKind.InvalidArgument,
                $"Option {name} can't be {value}: it takes a finite number, true or false, text, or a list of such.", name, e);
        }
    }

    /// <summary>A date is no number: it is left out of the features, and what is derived of it isn't.</summary>
    void WarnOfTimes(Dataset dataset, List<string> excluded)
    {
        var times = dataset.Columns.Where(c => c.Type.IsTime && c.Name != (Label ?? dataset.Label) && !excluded.Contains(c.Name))
            .Select(c => $"'{c.Name}'").ToList();
        if (times.Count == 0) return;
        PostWarning($"No model takes dates and timestamps: {string.Join(", ", times)} {(times.Count == 1 ? "is" : "are")} left out. "
            + "-Derive makes features of them, such as 'month(day)'; -ExcludeFeature leaves them out without this warning.");
    }

    /// <summary>The columns that the patterns match; a column's own name, but for *, and one without wildcards, stays, for Core to
    /// judge.</summary>
    static List<string> Expand(string[] patterns, List<string> names) =>
        [.. patterns.SelectMany(pattern =>
            (pattern == "*" || !names.Contains(pattern)) && NamePattern.HasWildcards(pattern) ? names.Matching(pattern) : [pattern])
            .Distinct()];
}
