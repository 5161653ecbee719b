namespace RedisML.Training.Scripts;

/// <summary>Training code of the user's, and what it trains.</summary>
public sealed record ScriptSpecification
{
    /// <summary>The code, so that other nodes can run it.</summary>
    public required string Text { get; init; }

    public ScriptReduction Reduction { get; init; }

    /// <summary>The parameters of a model of the script's own; for a built-in model its own parameters, if they are not to start as usual.</summary>
    public IReadOnlyList<InitialParameter> InitialParameters { get; init; } = [];
}
