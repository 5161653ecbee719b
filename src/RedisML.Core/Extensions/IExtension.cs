namespace RedisML.Extensions;

/// <summary>What an extension's assembly names by its <see cref="ExtensionAttribute"/>: it tells the registries what it brings.</summary>
public interface IExtension
{
    /// <summary>Adds file formats, algorithms and whatever else it brings to their registries. Called once, when it was loaded.</summary>
    void Register();
}
