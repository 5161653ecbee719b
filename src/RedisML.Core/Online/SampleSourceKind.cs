using System.Text.Json.Serialization;

namespace RedisML.Online;

/// <summary>What samples lie in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SampleSourceKind>))]
public enum SampleSourceKind
{
    /// <summary>A list of JSON objects, which are taken away as they are learned.</summary>
    List,

    /// <summary>A stream whose entries have a field a column; they stay.</summary>
    Stream,
}
