namespace RedisML.Extensions;

/// <summary>Makes an assembly an extension.</summary>
/// <param name="type">An <see cref="IExtension"/> with a constructor without parameters.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ExtensionAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}
