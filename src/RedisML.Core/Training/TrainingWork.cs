using RedisML.Connections;
using RedisML.Errors;
using RedisML.Runs;
using static RedisML.Errors.Decoding;

namespace RedisML.Training;

/// <summary>What a run of the kind <c>training</c> is to do.</summary>
/// <param name="Model">The model that it publishes.</param>
/// <param name="Replicas">How many replicas are to have it before it counts as published; null for none.</param>
internal sealed record TrainingWork(string Model, TrainingSpecification Training, ReplicaDemand? Replicas = null)
{
    public const string Kind = "training";

    /// <exception cref="RedisMLException"><c>RunCorrupt</c>, <c>RunKindMismatch</c>.</exception>
    public static TrainingWork Of(RunSpecification run) => RunSpecification.Decode(run.Id, "spec", () =>
    {
        var work = run.WorkOf<TrainingWork>(Kind);
        Demand(work is { Model: not null, Training: { Algorithm: not null, Label: not null, Options: not null } }
            && work.Training is { Optimizer: not null, ClassWeights: not null }, "it lacks parts");
        Demand(KeySpace.IsValidName(work.Model), "it names no model");
        Demand(work.Replicas is null or { Count: > 0, Timeout: > 0 and <= ReplicaDemand.LongestTimeout }, "its replicas are none");
        Demand(work.Replicas is null or { Policy: ReplicaPolicy.Require or ReplicaPolicy.Prefer }, "its replica policy is none");
        var training = work.Training;
        Demand(training.ExcludedFeatures is not null && training.Categories is not null && training.Derived is not null, "it lacks lists");
        Demand((training.Features ?? []).Concat(training.ExcludedFeatures).Concat(training.Categories).All(name => name is not null),
            "a column lacks its name");
        Demand(training.Derived.All(column => column is { Name: not null, Expression: not null }),
            "a derived column lacks its name or expression");
        Demand(Enum.IsDefined(training.Missing) && Enum.IsDefined(training.Optimizer.Kind), "a choice is none");
        Demand(training.Script is null or { Text: not null, InitialParameters: not null }, "its script is none");
        foreach (var initial in training.Script?.InitialParameters ?? [])
            Demand(initial is { Parameter: { Name: not null, Shape: not null }, Values: not null }
                && initial.Parameter.Shape.All(length => length >= 0)
                && initial.Parameter.Shape.Aggregate(1.0, (count, length) => count * length) == initial.Values.Length,
                    "a parameter has another shape than its values");
        training.CheckRange();
        return work;
    });
}
