using System.Management.Automation;
using RedisML.Models;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Models;

namespace RedisML.PowerShell.Online;

[Cmdlet(VerbsLifecycle.Start, "RedisOnlineTraining", SupportsShouldProcess = true, DefaultParameterSetName = ResumeSet,
    HelpUri = HelpPage.Folder + "Start-RedisOnlineTraining.md")]
[OutputType(typeof(OnlineTrainingJob), typeof(OnlineTraining))]
public sealed class StartRedisOnlineTrainingCommand : RedisMLCmdlet
{
    const string ResumeSet = "Resume", ListSet = "List", StreamSet = "Stream";

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(OnlineTrainingCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = ListSet)]
    [ArgumentCompleter(typeof(SampleSourceCompleter))]
    public string? List { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = StreamSet)]
    [ArgumentCompleter(typeof(SampleSourceCompleter))]
    public string? Stream { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(OnlineAlgorithmCompleter))]
    public string? Algorithm { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(SampleColumnCompleter))]
    public string? Label { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(SampleColumnCompleter))]
    public string[]? Feature { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(SampleColumnCompleter))]
    public string[] ExcludeFeature { get; set; } = [];

    [Parameter]
    [ArgumentCompleter(typeof(SampleColumnCompleter))]
    public string[] Category { get; set; } = [];

    [Parameter]
    public string? PositiveClass { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string? InitialModel { get; set; }

    [Parameter]
    [ValidateRange(1, 24)]
    public int? HashBit { get; set; }

    [Parameter]
    public double? LearningRate { get; set; }

    [Parameter]
    public double? L1 { get; set; }

    [Parameter]
    public double? L2 { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? MetricInterval { get; set; }

    [Parameter]
    public double? DriftThreshold { get; set; }

    [Parameter(ParameterSetName = StreamSet)]
    [ArgumentCompleter(typeof(SampleSourceCompleter))]
    public string? LabelStream { get; set; }

    [Parameter(ParameterSetName = StreamSet)]
    [ArgumentCompleter(typeof(SampleColumnCompleter))]
    public string? Key { get; set; }

    [Parameter(ParameterSetName = StreamSet)]
    [ValidateRange(0.001, 31_536_000.0)]
    public double? Window { get; set; }

    [Parameter]
    [ValidateRange(1, 100_000)]
    public int BatchSize { get; set; } = new TrainerOptions().BatchSize;

    [Parameter]
    [ValidateRange(0.1, 31_536_000.0)]
    public double PublishInterval { get; set; } = new TrainerOptions().PublishInterval.TotalSeconds;

    [Parameter]
    [ArgumentCompleter(typeof(ModelAliasCompleter))]
    public string? Alias { get; set; }

    [Parameter]
    [ValidateRange(1, 10_000)]
    public int KeepVersion { get; set; } = new TrainerOptions().KeptVersions;

    [Parameter]
    [ValidateRange(0.2, 3600.0)]
    public double Lease { get; set; } = new TrainerOptions().Lease.TotalSeconds;

    [Parameter]
    public SwitchParameter Once { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter Wait { get; set; }

    private protected override string? WayOn => _isWaiting
        ? $"The online training of model '{Model}' was stopped; it keeps what it learned. The same command goes on with the next sample."
        : null;

    bool _isWaiting;

    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Model, "Train online")) return;
        OnlineTrainingJob job = null!;
        Run(async (connection, cancellation) =>
        {
            job = new(MyInvocation.Line, await OnlineTrainer.StartAsync(connection, What(), How(), cancellation).ConfigureAwait(false));
            if (!Wait) StreamLog.MoveTo(job);
        });
        if (!Wait)
        {
            JobRepository.Add(job);
            // Its outcome is the job's state and streams.
            _ = job.Start();
            WriteObject(job);
            return;
        }
        _isWaiting = true;
        Run(async cancellation =>
        {
            using (cancellation.Register(job.SignalStop)) await job.Start().ConfigureAwait(false);
            if (job.Failure is { } failure) throw failure;
            PostObject(job.Training);
        });
    }

    OnlineStartOptions What() => new()
    {
        Model = Model,
        SourceKind = List is not null ? SampleSourceKind.List : Stream is not null ? SampleSourceKind.Stream : null,
        Source = List ?? Stream,
        Algorithm = Algorithm,
        Label = Label,
        Features = Feature,
        ExcludedFeatures = ExcludeFeature,
        Categories = Category,
        PositiveClass = PositiveClass,
        InitialModel = InitialModel is null ? null : ModelReference.Parse(InitialModel),
        HashBits = HashBit,
        LearningRate = LearningRate,
        L1 = L1,
        L2 = L2,
        MetricInterval = MetricInterval,
        DriftThreshold = DriftThreshold,
        LabelStream = LabelStream,
        Key = Key,
        Window = Window is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    TrainerOptions How() => new()
    {
        BatchSize = BatchSize,
        PublishInterval = TimeSpan.FromSeconds(PublishInterval),
        Alias = Alias,
        KeptVersions = KeepVersion,
        Lease = TimeSpan.FromSeconds(Lease),
        Once = Once,
        Force = Force,
    };
}
