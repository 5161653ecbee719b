namespace RedisML.PowerShell.Models;

/// <summary>Whether a model reaches what it has to.</summary>
/// <param name="Problems">What it doesn't reach, a sentence each.</param>
/// <param name="Evaluation">A <c>RegressionResult</c> or a <see cref="ClassificationReport"/>.</param>
public sealed record GateResult(string Model, long Version, string Dataset, bool Passed, IReadOnlyList<string> Problems, object Evaluation);
