using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Internal;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>What an object of the pipeline holds, by name.</summary>
static class ObjectFields
{
    /// <summary>A dictionary by its keys, another object by its properties; a property whose getter fails is missing.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Of(PSObject value) => value.BaseObject is IDictionary dictionary
        ? dictionary.Cast<DictionaryEntry>().Select(entry => new KeyValuePair<string, object?>($"{entry.Key}", Plain(entry.Value)))
        : value.Properties.Select(property => new KeyValuePair<string, object?>(property.Name, ValueOf(property)));

    /// <summary>The value of a property; null where its getter fails.</summary>
    public static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return Plain(property.Value);
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    /// <summary>What PowerShell has wrapped; a custom object stays one. What <c>$(if (…) {…})</c> gives where it gives nothing is
    /// nothing.</summary>
    public static object? Plain(object? value) =>
        value == AutomationNull.Value ? null : value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
}
