using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace RedisML.Training.Scripts;

/// <summary>Training code of the user's, and what it trains.</summary>
public sealed record ScriptSpecification
{
    /// <summary>The code, so that other nodes can run it.</summary>
    public required string Text { get; init; }

    /// <summary>The SHA-256 of the code in UTF-8, hexadecimal: by it a node tells what its user allowed from what others wrote.</summary>
    [JsonIgnore]
    public string Hash => HashOf(Text);

    public ScriptReduction Reduction { get; init; }

    /// <summary>The parameters of a model of the script's own; for a built-in model its own parameters,
    /// if they are not to start as usual.</summary>
    public IReadOnlyList<InitialParameter> InitialParameters { get; init; } = [];

    /// <summary>The hash of a script's code.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
