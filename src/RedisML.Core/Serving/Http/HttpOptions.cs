using System.Net;
using RedisML.Errors;

namespace RedisML.Serving.Http;

/// <summary>Where an instance answers over HTTP, and whom.</summary>
public sealed record HttpOptions
{
    public required int Port { get; init; }

    /// <summary>An address of this machine, or <c>+</c> for all of them.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>What clients send as <c>Authorization: Bearer …</c>; null on loopback alone.</summary>
    public string? Token { get; init; }

    /// <summary>How long a body may take to come.</summary>
    internal TimeSpan BodyPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether only this machine reaches it.</summary>
    public bool IsLoopback => Address == "localhost" || IPAddress.TryParse(Address, out var address) && IPAddress.IsLoopback(address);

    /// <exception cref="RedisMLException"><c>TokenRequired</c></exception>
    internal void Check()
    {
        if (!IsLoopback && string.IsNullOrEmpty(Token))
            throw new RedisMLException("TokenRequired", ErrorKind.InvalidArgument,
                $"'{Address}' can be reached from other machines: give -HttpToken, which clients send as 'Authorization: Bearer …'.",
                Address);
    }
}
