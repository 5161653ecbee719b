using RedisML.Runs;

namespace RedisML.Training;

/// <summary>What a run of the kind <c>training</c> is to do.</summary>
/// <param name="Model">The model that it publishes.</param>
internal sealed record TrainingWork(string Model, TrainingSpecification Training)
{
    public const string Kind = "training";

    public static TrainingWork Of(RunSpecification run) => run.WorkOf<TrainingWork>(Kind);
}
