using RedisML.Connections;
using RedisML.Runs;

namespace RedisML.Training;

/// <summary>What a run of the kind <c>training</c> is to do.</summary>
/// <param name="Model">The model that it publishes.</param>
/// <param name="Replicas">How many replicas are to have it before it counts as published; null for none.</param>
internal sealed record TrainingWork(string Model, TrainingSpecification Training, ReplicaDemand? Replicas = null)
{
    public const string Kind = "training";

    public static TrainingWork Of(RunSpecification run) => run.WorkOf<TrainingWork>(Kind);
}
