using System.Buffers;
using System.Globalization;
using RedisML.Errors;

namespace RedisML.Models;

/// <summary>Which version of which model is meant: <c>price</c> is the current one, <c>price@3</c> is version 3, <c>price@champion</c>
/// the one that this alias names.</summary>
/// <param name="Name">The name of the model. It isn't checked here: a cmdlet takes wildcards in its place.</param>
/// <param name="Version">The version, from 1; null for the current one, or the alias's.</param>
public sealed record ModelReference(string Name, long? Version = null)
{
    /// <summary>Between the name and what says the version; no name has it.</summary>
    public const char Separator = '@';

    const int MaxAliasLength = 64;
    static readonly SearchValues<char> s_aliasCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>The alias, where the version is said by one.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether an alias may be called so: a letter, then up to 63 of <c>[A-Za-z0-9._-]</c>.</summary>
    public static bool IsAlias(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxAliasLength && char.IsAsciiLetter(text[0])
        && !text.ContainsAnyExcept(s_aliasCharacters);

    /// <summary>Reads <c>name</c>, <c>name@version</c> or <c>name@alias</c>.</summary>
    /// <param name="version">A version that was given beside the text; the text may say the same, and no other.</param>
    /// <exception cref="RedisMLException"><c>InvalidModelReference</c>.</exception>
    public static ModelReference Parse(string text, long? version = null)
    {
        int end = text.IndexOf(Separator);
        if (end < 0) return new(text, version);
        if (IsAlias(text.AsSpan(end + 1)))
            return version is null ? new(text[..end]) { Alias = text[(end + 1)..] }
                : throw Invalid(text, $"it says an alias, and -Version says {version}");
        if (!long.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long named) || named == 0)
            throw Invalid(text, $"after '{Separator}' comes the number of a version or an alias, as in 'price{Separator}3'");
        if (version is { } other && other != named) throw Invalid(text, $"it says version {named}, and -Version says {other}");
        return new(text[..end], named);
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Version is { } version ? string.Create(CultureInfo.InvariantCulture, $"{Name}{Separator}{version}")
        : Alias is null ? Name : $"{Name}{Separator}{Alias}";

    static RedisMLException Invalid(string text, string reason) =>
        new("InvalidModelReference", ErrorKind.InvalidArgument, $"'{text}' doesn't say which model is meant: {reason}.", text);
}
