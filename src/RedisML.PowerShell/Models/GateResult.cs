using RedisML.Evaluation;

namespace RedisML.PowerShell.Models;

/// <summary>Whether a model reaches what it has to.</summary>
public sealed record GateResult(string Model, long Version, string Dataset, bool Passed, IReadOnlyList<string> Problems, EvaluationResult Evaluation);
