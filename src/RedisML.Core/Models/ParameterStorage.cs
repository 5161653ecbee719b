using System.Text.Json.Serialization;

namespace RedisML.Models;

/// <summary>How the bytes of a parameter are compressed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ParameterCompression>))]
public enum ParameterCompression
{
    None,
    Zstandard,
}

/// <summary>How parameters are stored, apart from what they are.</summary>
public sealed record ParameterStorage
{
    public ParameterCompression Compression { get; init; }

    /// <summary>After which they are gone; null for never.</summary>
    public TimeSpan? TimeToLive { get; init; }
}
