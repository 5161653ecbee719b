using System.Globalization;
using RedisML.Errors;

namespace RedisML.Models;

/// <summary>Which version of which model is meant: <c>price</c> is the current one, <c>price@3</c> is version 3.</summary>
/// <param name="Name">The name of the model. It isn't checked here: a cmdlet takes wildcards in its place.</param>
/// <param name="Version">The version, from 1; null for the current one.</param>
public sealed record ModelReference(string Name, long? Version = null)
{
    /// <summary>Between the name and what says the version; no name has it.</summary>
    public const char Separator = '@';

    /// <summary>Reads <c>name</c> or <c>name@version</c>.</summary>
    /// <param name="version">A version that was given beside the text; the text may say the same, and no other.</param>
    /// <exception cref="RedisMLException"><c>InvalidModelReference</c>.</exception>
    public static ModelReference Parse(string text, long? version = null)
    {
        int end = text.IndexOf(Separator);
        if (end < 0) return new(text, version);
        if (!long.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long named) || named == 0)
            throw Invalid(text, $"after '{Separator}' comes the number of a version, as in 'price{Separator}3'");
        if (version is { } other && other != named) throw Invalid(text, $"it says version {named}, and -Version says {other}");
        return new(text[..end], named);
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Version is { } version ? string.Create(CultureInfo.InvariantCulture, $"{Name}{Separator}{version}") : Name;

    static RedisMLException Invalid(string text, string reason) =>
        new("InvalidModelReference", ErrorKind.InvalidArgument, $"'{text}' doesn't say which model is meant: {reason}.", text);
}
