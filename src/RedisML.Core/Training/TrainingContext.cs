using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Training.Scripts;

namespace RedisML.Training;

/// <summary>What a node trains with: the specification, the rows, and the workers of this process.</summary>
public sealed class TrainingContext
{
    internal TrainingContext(
        TrainingSpecification specification, IReadOnlyList<ColumnSchema> schema, ITrainingSource source, ITrainingSource? validation,
        WorkerTeam team, int workerCount, IProgress<RunProgress>? progress, ITrainingScript? script)
    {
        Algorithm = AlgorithmOf(specification);
        specification = Algorithm.Complete(specification);
        Plan = new(specification, Algorithm.TaskOf(specification), schema);
        Options = new(Algorithm, specification.Options);
        (Specification, Source, Validation, Team, WorkerCount, Progress, Script) = (specification, source, validation, team, workerCount,
            progress, script);
    }

    public TrainingSpecification Specification { get; }

    public IAlgorithm Algorithm { get; }

    public OptionValues Options { get; }

    internal FeaturePlan Plan { get; }

    internal ITrainingSource Source { get; }

    internal ITrainingSource? Validation { get; }

    internal WorkerTeam Team { get; }

    internal int WorkerCount { get; }

    internal IProgress<RunProgress>? Progress { get; }

    /// <summary>How many threads the user gave this node.</summary>
    public int Workers => WorkerCount;

    /// <summary>The user's own code, where it trains by that.</summary>
    internal ITrainingScript? Script { get; }

    /// <summary>Throws where a worker was stopped or failed: for long work of the leader's own.</summary>
    public void ThrowIfStopping() => Team.ThrowIfStopping();

    /// <summary>Finds what is wrong with a specification before any row is read.</summary>
    /// <param name="rows">Of the dataset: all must fit into memory, decoded.</param>
    /// <param name="validation">The dataset whose rows judge it; null for none.</param>
    internal static void Check(
        TrainingSpecification specification, IReadOnlyList<ColumnSchema> schema, long rows, Dataset? validation = null)
    {
        var algorithm = AlgorithmOf(specification);
        specification.CheckRange();
        CheckMissing(algorithm, specification.Missing);
        specification = algorithm.Complete(specification);
        _ = new OptionValues(algorithm, specification.Options);
        algorithm.Check(specification);
        var plan = new FeaturePlan(specification, algorithm.TaskOf(specification), schema);
        plan.CheckMemory(rows);
        if (validation is not null) plan.CheckOther(validation);
    }

    /// <summary>The most steps that there may be.</summary>
    internal static int StepsOf(TrainingSpecification specification) =>
        AlgorithmOf(specification).Complete(specification).MaxIteration;

    static void CheckMissing(IAlgorithm algorithm, MissingPolicy missing)
    {
        if (missing == MissingPolicy.Keep == (algorithm.Defaults.Missing == MissingPolicy.Keep)) return;
        throw new RedisMLException("MissingPolicyUnsupported", ErrorKind.InvalidArgument, missing == MissingPolicy.Keep
            ? $"{algorithm.Name} can't keep missing values; use -Missing {nameof(MissingPolicy.Mean)} or {nameof(MissingPolicy.Drop)}."
            : $"{algorithm.Name} takes missing values as they are; use -Missing {nameof(MissingPolicy.Keep)}, its default.", missing);
    }

    static IAlgorithm AlgorithmOf(TrainingSpecification specification) => ModelFamilies.Get(specification.Algorithm) as IAlgorithm
        ?? throw new RedisMLException("AlgorithmNotTrainable", ErrorKind.InvalidArgument,
            $"Models of {specification.Algorithm} aren't trained on a dataset: Import-RedisModel takes them from files, and " +
            "Add-RedisLanguageModelText makes language models.", specification.Algorithm);
}
