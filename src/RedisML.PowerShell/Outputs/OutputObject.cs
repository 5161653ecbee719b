using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.ComponentModel;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using RedisML.Connections;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Outputs;

/// <summary>What the cmdlets return of Core's records: objects that read the same in a table, in JSON and in CSV.</summary>
/// <remarks>
/// <c>ConvertTo-Json</c> reflects over .NET objects and writes enums as numbers; <c>ConvertTo-Csv</c> takes the text of each value, which
/// of a list is the name of its type. So a record becomes an object with a property for each of its own that people want: enums as names,
/// lists as arrays, maps as dictionaries, and texts that stand for themselves. Its type name stays the record's.
/// </remarks>
public static class OutputObject
{
    static readonly ConditionalWeakTable<PSObject, object> s_sources = [];
    static readonly ConditionalWeakTable<object, PSObject> s_servers = [];
    static readonly ConcurrentDictionary<Type, PropertyInfo[]> s_properties = [];
    static readonly MethodInfo s_text = typeof(OutputText).GetMethod(nameof(OutputText.Of))!;

    /// <summary>The record that an object of the pipeline was made of; another object itself.</summary>
    /// <remarks>The views of <c>RedisML.Format.ps1xml</c> ask it for the methods that draw.</remarks>
    public static object? Source(object? value) => value switch
    {
        PSObject known when s_sources.TryGetValue(known, out var source) => source,
        PSObject { BaseObject: not PSCustomObject } wrapped => wrapped.BaseObject,
        _ => value,
    };

    /// <summary>The object for the pipeline. What isn't a record, such as a text, a job, a file or a connection, stays as it is.</summary>
    public static object Of(object value) => value switch
    {
        PSObject => value,
        // Somebody may ask whether two are the same.
        RedisMLServer => s_servers.GetValue(value, OfRecord),
        _ when IsRecord(value.GetType()) => OfRecord(value),
        _ => value,
    };

    static bool IsRecord(Type type) =>
        type.Assembly.GetName().Name!.StartsWith(nameof(RedisML), StringComparison.Ordinal) && !type.IsEnum
        && !typeof(Job).IsAssignableFrom(type) && type != typeof(RedisMLConnection);

    static PSObject OfRecord(object record)
    {
        var type = record.GetType();
        var properties = s_properties.GetOrAdd(type, PropertiesOf);
        var result = CustomObject.Create(properties.Length);
        foreach (var property in properties) result.Add(property.Name, OfValue(property.GetValue(record)));
        result.TypeNames.Insert(0, type.FullName);
        s_sources.Add(result, record);
        return WithText(result);
    }

    static PropertyInfo[] PropertiesOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property =>
            property.GetIndexParameters().Length == 0 && property.GetCustomAttribute<BrowsableAttribute>() is not { Browsable: false })
            // Those of a base class, such as the name of the model, come first.
            .OrderBy(property => Depth(property.DeclaringType))];

    static int Depth(Type? type) => type is null ? 0 : 1 + Depth(type.BaseType);

    static object? OfValue(object? value)
    {
        switch (value)
        {
            case null or string or PSObject: return value;
            case Enum name: return name.ToString();
            case DateTime or DateTimeOffset or PSCredential: return WithText(new(value));
            case JsonElement json: return OfJson(json);
            case IFormattable or bool or char: return value;
            case IDictionary or IEnumerable<KeyValuePair<string, double>> or IEnumerable<KeyValuePair<string, string>>:
                return OfDictionary((IEnumerable)value);
            case Array array when array.GetType().GetElementType() is { } element && (element.IsArray || IsNumber(element)):
                return WithText(new(array));
            case IEnumerable<string> names: return WithText(new(names.ToArray()));
            case IEnumerable list: return WithText(new(list.Cast<object?>().Select(OfValue).ToArray()));
        }
        if (!IsRecord(value.GetType())) return value;
        return value.GetType().IsValueType && HasOwnText(value.GetType()) ? value.ToString() : OfRecord(value);
    }

    /// <summary>Whether arrays of it stay what they are: those of parameters go back into models.</summary>
    static bool IsNumber(Type type) => type.IsPrimitive || type == typeof(Half) || type == typeof(decimal);

    static PSObject OfDictionary(IEnumerable entries)
    {
        var result = new OrderedDictionary(StringComparer.Ordinal);
        foreach (object entry in entries)
        {
            var type = entry.GetType();
            if (entry is DictionaryEntry pair) result[$"{pair.Key}"] = OfValue(pair.Value);
            else result[$"{type.GetProperty("Key")!.GetValue(entry)}"] = OfValue(type.GetProperty("Value")!.GetValue(entry));
        }
        return WithText(new(result));
    }

    static object? OfJson(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var result = new OrderedDictionary(StringComparer.Ordinal);
                foreach (var property in json.EnumerateObject()) result[property.Name] = OfJson(property.Value);
                return WithText(new(result));
            case JsonValueKind.Array: return WithText(new(json.EnumerateArray().Select(OfJson).ToArray()));
            case JsonValueKind.String: return json.GetString();
            case JsonValueKind.Number: return json.TryGetInt64(out long whole) ? whole : json.GetDouble();
            case JsonValueKind.True or JsonValueKind.False: return json.GetBoolean();
            default: return null;
        }
    }

    static PSObject WithText(PSObject value)
    {
        value.Methods.Add(new PSCodeMethod(nameof(ToString), s_text));
        return value;
    }

    /// <summary>Whether a type says itself how it reads, other than as the compiler has it for a record.</summary>
    internal static bool HasOwnText(Type type) =>
        type.GetMethod(nameof(ToString), Type.EmptyTypes) is { } method && method.DeclaringType == type
        && method.GetCustomAttribute<CompilerGeneratedAttribute>() is null;
}
