using RedisML.Connections;

namespace RedisML.PowerShell.Sessions;

/// <summary>How an embedded server answers <c>ML.PREDICT</c>.</summary>
sealed record ServerCommands
{
    /// <summary>The models that it serves, and no others; empty: any that lies in it.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Reaches the server that has the models; null: it has them itself.</summary>
    public Func<CancellationToken, Task<RedisMLConnection>>? Connect { get; init; }

    /// <summary>Of the keys of its own models.</summary>
    public string Prefix { get; init; } = KeySpace.DefaultPrefix;

    /// <summary>What keys of hashes start with that it may predict from.</summary>
    public IReadOnlyList<string> KeyPrefixes { get; init; } = [];
}
