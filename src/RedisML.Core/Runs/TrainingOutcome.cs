using System.Text.Json;

namespace RedisML.Runs;

/// <summary>What a run that is done came to: the same on every node.</summary>
internal sealed record TrainingOutcome
{
    public required double Loss { get; init; }

    public required int Iterations { get; init; }

    public required bool Converged { get; init; }

    public required long RowsUsed { get; init; }

    public required long RowsDropped { get; init; }

    public required DateTimeOffset Ended { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    public static TrainingOutcome FromJson(string json) => JsonSerializer.Deserialize<TrainingOutcome>(json, s_json)!;

    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}
