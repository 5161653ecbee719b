using System.Collections;
using System.Management.Automation;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Features;
using RedisML.Models;
using RedisML.Training;

namespace RedisML.PowerShell;

[Cmdlet(VerbsLifecycle.Start, "RedisDistributedTraining", SupportsShouldProcess = true)]
[OutputType(typeof(TrainingJob), typeof(TrainingRun))]
public sealed partial class StartRedisDistributedTrainingCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Mandatory = true)]
    public Algorithm Algorithm { get; set; }

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
    public string[] Category { get; set; } = [];

    [Parameter]
    public string? PositiveClass { get; set; }

    [Parameter]
    public IDictionary Derive { get; set; } = new Hashtable();

    [Parameter]
    public MissingPolicy Missing { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    public int WorkerCount { get; set; } = Environment.ProcessorCount;

    [Parameter]
    public SwitchParameter Wait { get; set; }

    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Model, $"Train on dataset '{Dataset}'")) return;
        TrainingJob? job = null;
        if (Wait)
        {
            Run($"Training model '{Model}'", () => Report(job), async (connection, cancellation) =>
            {
                using (job = await CreateAsync(connection, cancellation).ConfigureAwait(false))
                using (cancellation.Register(job.SignalStop))
                {
                    var run = await job.Start().ConfigureAwait(false);
                    if (!run.Converged) PostWarning(TrainingJob.NotConverged(run));
                    PostObject(run);
                }
            });
            return;
        }
        Run(async (connection, cancellation) => job = await CreateAsync(connection, cancellation).ConfigureAwait(false));
        JobRepository.Add(job!);
        // Its outcome is the job's state and streams.
        _ = job!.Start();
        WriteObject(job);
    }

    async Task<TrainingJob> CreateAsync(RedisMLConnection connection, CancellationToken cancellation)
    {
        var dataset = await new DatasetStore(connection).GetAsync(Dataset, null, cancellation).ConfigureAwait(false);
        var specification = Specify(dataset);
        var validation = Validation is null ? null : await new DatasetStore(connection).GetAsync(Validation, null, cancellation).ConfigureAwait(false);
        return new(MyInvocation.Line, ModelTraining.Start(connection, dataset, Model, specification, WorkerCount, validation), ToJobError);
    }

    ErrorRecord ToJobError(Exception exception) => Translate(exception) is { } error
        ? ToErrorRecord(error)
        : new(exception, "TrainingFailed", ErrorCategory.NotSpecified, Model);

    TrainingSpecification Specify(Dataset dataset)
    {
        var derived = Derive.Cast<DictionaryEntry>().Select(e => new DerivedColumn($"{e.Key}", $"{e.Value}")).ToList();
        var names = dataset.Columns.Select(c => c.Name).Concat(derived.Select(d => d.Name)).ToList();
        return WithOptimization(new()
        {
            Algorithm = Algorithm,
            Label = Label ?? dataset.Label ?? throw new RedisMLException("LabelMissing", ErrorKind.InvalidArgument,
                $"Dataset '{dataset.Name}' names no label: say with -Label which column to predict.", dataset.Name),
            Features = Feature.Length == 0 ? null : Expand(Feature, names),
            Categories = Expand(Category, names),
            PositiveClass = PositiveClass,
            Derived = derived,
            Missing = Missing,
        });
    }

    /// <summary>The columns that the patterns match; a name without wildcards stays, for Core to judge.</summary>
    static List<string> Expand(string[] patterns, List<string> names) => [.. patterns.SelectMany(pattern =>
    {
        if (!WildcardPattern.ContainsWildcardCharacters(pattern)) return [pattern];
        var wildcard = new WildcardPattern(pattern, WildcardOptions.IgnoreCase);
        return names.Where(wildcard.IsMatch);
    }).Distinct()];

    static ProgressReport Report(TrainingJob? job) => job is null ? new("starting") : new(TrainingJob.Status(job.Run));
}
