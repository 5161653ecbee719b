namespace RedisML.Models;

/// <summary>What is done to the parameters of a model, all of it or nothing.</summary>
public sealed record ParameterChange
{
    /// <summary>What is set, by name.</summary>
    public IReadOnlyCollection<KeyValuePair<string, ParameterValue>> Set { get; init; } = [];

    /// <summary>What is added to the numbers that are there; where there are none, it is set.</summary>
    public IReadOnlyCollection<KeyValuePair<string, ParameterValue>> Add { get; init; } = [];

    /// <summary>The names of what is taken away.</summary>
    public IReadOnlyCollection<string> Remove { get; init; } = [];

    /// <summary>The version that must be the current one, 0 for no model at all; the change is then a version of its own.
    /// Null where it doesn't matter.</summary>
    public long? IfVersion { get; init; }

    public ParameterStorage Storage { get; init; } = new();
}
