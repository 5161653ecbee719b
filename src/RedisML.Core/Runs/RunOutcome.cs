using System.Text.Json;

namespace RedisML.Runs;

/// <summary>What a run that is done came to: the same on every node.</summary>
public sealed record RunOutcome
{
    public required double Loss { get; init; }

    public required int Iterations { get; init; }

    public required bool Converged { get; init; }

    public required long RowsUsed { get; init; }

    public required long RowsDropped { get; init; }

    /// <summary>What the user should know, a sentence or two each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public required DateTimeOffset Ended { get; init; }

    internal string ToJson() => JsonSerializer.Serialize(this, s_json);

    internal static RunOutcome FromJson(string json) => JsonSerializer.Deserialize<RunOutcome>(json, s_json)!;

    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}
