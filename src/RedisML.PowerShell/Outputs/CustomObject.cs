using System.Linq.Expressions;
using System.Management.Automation;

namespace RedisML.PowerShell.Outputs;

/// <summary>Custom objects with room for their properties.</summary>
/// <remarks>
/// Where that isn't said, PowerShell keeps an object's properties in a weak table of the process, which costs a microsecond an object, and
/// the collector more. The constructor that says it is newer than PowerShellStandard.
/// </remarks>
static class CustomObject
{
    static readonly Func<int, PSObject> s_create = Constructor();

    /// <summary>An object without properties.</summary>
    /// <param name="capacity">How many it will have.</param>
    public static PSObject Create(int capacity) => s_create(capacity);

    /// <summary>Adds a property whose name nobody has yet.</summary>
    public static void Add(this PSObject target, string name, object? value) =>
        target.Properties.Add(new PSNoteProperty(name, value), preValidated: true);

    static Func<int, PSObject> Constructor()
    {
        if (typeof(PSObject).GetConstructor([typeof(int)]) is not { } constructor) return _ => new();
        var capacity = Expression.Parameter(typeof(int));
        return Expression.Lambda<Func<int, PSObject>>(Expression.New(constructor, capacity), capacity).Compile();
    }
}
