namespace RedisML.Models;

/// <summary>How good a version of a model was found to be on a dataset.</summary>
/// <param name="Figures">By name, such as <c>R2</c>: those that its task and these rows define.</param>
public sealed record ModelEvaluation(
    string Dataset, long DatasetVersion, long Rows, DateTimeOffset Measured, IReadOnlyDictionary<string, double> Figures);
