using System.Text.Json;

namespace RedisML.Runs.Nodes;

/// <summary>What a node says of itself.</summary>
internal sealed record NodeDescription(string Module, int Protocol, string Dataset, int Workers, string Machine, int Process)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>What a node says of itself; null where that is nothing to go by.</summary>
    public static NodeDescription? Of(string text)
    {
        try { return JsonSerializer.Deserialize<NodeDescription>(text, Json); }
        catch (JsonException) { return null; }
    }

    /// <summary>Why it can't take part in a run; null where it can.</summary>
    public string? Unfit(RunSpecification run) =>
        Module != run.Module || Protocol != run.Protocol
            ? $"it has RedisML {Module} (protocol {Protocol}) and the run was started with {run.Module} (protocol {run.Protocol})"
        : Dataset != run.DatasetIdentity ? $"its dataset is version {Dataset}, and that of the run version {run.DatasetIdentity}"
        : null;
}
