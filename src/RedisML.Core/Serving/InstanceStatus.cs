using System.Text.Json.Serialization;

namespace RedisML.Serving;

/// <summary>How an instance of a prediction service fares: what its lease holds.</summary>
public sealed record InstanceStatus
{
    public required string Id { get; init; }

    /// <summary>The model as the instance was told to serve it, such as <c>price@champion</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The version that answers now.</summary>
    public required long Version { get; init; }

    /// <summary>Requests answered, with an error or without.</summary>
    public long Answered { get; init; }

    /// <summary>Of those, the ones with an error; and requests to which nobody could reply.</summary>
    public long Failed { get; init; }

    /// <summary>From the moment that a request was taken to that at which its reply was there, in milliseconds:
    /// the median of the last some thousand.</summary>
    public double P50Milliseconds { get; init; }

    public double P99Milliseconds { get; init; }

    /// <summary>Requests answered together, on average.</summary>
    public double MeanBatch { get; init; }

    public required string Machine { get; init; }

    public required int Process { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Where it answers over HTTP; null where it doesn't.</summary>
    public string? Http { get; init; }

    /// <summary>What kept the instance from its work, or from the newest version, last; null for nothing.</summary>
    public string? LastError { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstanceStatus))]
sealed partial class ServiceJson : JsonSerializerContext;
