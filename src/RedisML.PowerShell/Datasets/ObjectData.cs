using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.ComponentModel;
using System.Data;
using System.Management.Automation;
using System.Xml;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

/// <summary>The data of what cmdlets return, without what their wrappers have beside it.</summary>
static class ObjectData
{
    /// <summary>Levels of objects within objects that are looked at.</summary>
    const int MaxDepth = 16;

    /// <summary>What remoting and jobs add to every object.</summary>
    static readonly HashSet<string> s_remoting =
        new(StringComparer.OrdinalIgnoreCase) { "RunspaceId", "PSComputerName", "PSShowComputerName", "PSSourceJobInstanceId" };

    /// <summary>Whose adapters show data as properties, beside those of the .NET object.</summary>
    static readonly HashSet<string> s_adapted = ["Microsoft.Management.Infrastructure.CimInstance",
        "System.Management.ManagementBaseObject", "System.DirectoryServices.DirectoryEntry"];

    static readonly ConcurrentDictionary<Type, bool> s_isAdapted = new();
    static readonly ConcurrentDictionary<Type, bool> s_isData = new();

    /// <summary>Whether <see cref="TryRead"/> knows what the object holds.</summary>
    public static bool IsData(object value) => value is IDictionary || s_isData.GetOrAdd(value.GetType(), static type =>
        typeof(DataRow).IsAssignableFrom(type) || typeof(DataRowView).IsAssignableFrom(type)
        || typeof(IDataRecord).IsAssignableFrom(type) || PairsOf(type) is not null);

    /// <summary>Reads the names and values of a dictionary, of a row of a table or of a record; false for another object.</summary>
    /// <param name="names">The names go behind those that it has.</param>
    /// <param name="values">The values likewise.</param>
    public static bool TryRead(object value, List<string> names, List<object?> values)
    {
        if (value is IDictionary dictionary)
        {
            // As the interface: a typed dictionary has pairs of its own. Without foreach, which would allocate a pair each step.
            var entries = dictionary.GetEnumerator();
            while (entries.MoveNext()) Add(entries.Key as string ?? $"{entries.Key}", entries.Value);
            return true;
        }
        if (!IsData(value)) return false;
        var data = value switch
        {
            DataRow row => OfRow(row),
            DataRowView view => OfRow(view.Row),
            IDataRecord record => Enumerable.Range(0, record.FieldCount).Select(i => (record.GetName(i), (object?)record.GetValue(i))),
            _ => OfPairs((IEnumerable)value),
        };
        foreach (var (name, part) in data) Add(name, part);
        return true;

        void Add(string name, object? part)
        {
            names.Add(name);
            values.Add(Nested(ObjectFields.Plain(part)));
        }
    }

    /// <summary>A custom object, such as <c>ConvertFrom-Json</c> makes within others, as a dictionary, also in lists and further down;
    /// any other value as it is.</summary>
    public static object? Nested(object? value, int depth = 0) => value switch
    {
        _ when depth == MaxDepth => value,
        PSObject { BaseObject: PSCustomObject } custom => Dictionary(custom, depth),
        object?[] list when list.Any(item => item is PSObject or object?[]) =>
            Array.ConvertAll(list, item => Nested(ObjectFields.Plain(item), depth + 1)),
        _ => value,
    };

    static OrderedDictionary Dictionary(PSObject custom, int depth)
    {
        var dictionary = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var property in custom.Properties) dictionary[property.Name] = Nested(ObjectFields.ValueOf(property), depth + 1);
        return dictionary;
    }

    /// <summary>The rows of what isn't one itself: of a table, and of an array or a list that <c>-InputObject</c> was given; null of
    /// others.</summary>
    public static IEnumerable? RowsOf(object value) =>
        value is DataSet { Tables: [var one] } ? one.Rows
            : value is IEnumerable or IListSource && !IsData(value) ? LanguagePrimitives.GetEnumerable(value) : null;

    /// <summary>Whether an adapter shows the data of a type as properties.</summary>
    public static bool IsAdapted(Type type) => s_isAdapted.GetOrAdd(type, static type =>
    {
        for (var t = type; t is not null; t = t.BaseType!)
            if (s_adapted.Contains(t.FullName ?? "")) return true;
        return type.IsCOMObject || typeof(XmlNode).IsAssignableFrom(type);
    });

    /// <summary>The properties that are data: of an adapted object those of its adapter and those that were added to it.</summary>
    public static IEnumerable<PSPropertyInfo> Properties(PSObject value, bool isPlain)
    {
        var properties = isPlain ? value.Properties.AsEnumerable() : ((string[])["psadapted", "psextended"])
            .SelectMany(set => (value.Members[set] as PSMemberSet)?.Properties ?? Enumerable.Empty<PSPropertyInfo>());
        return value.TypeNames.Any(name => name.StartsWith("Deserialized.", StringComparison.Ordinal)) ? properties.Where(IsOwn)
            : properties;

        static bool IsOwn(PSPropertyInfo property) =>
            property.MemberType != PSMemberTypes.NoteProperty || !s_remoting.Contains(property.Name);
    }

    static IEnumerable<(string, object?)> OfRow(DataRow row) =>
        row.Table.Columns.Cast<DataColumn>().Select(c => (c.ColumnName, (object?)row[c]));

    /// <summary>As a dictionary that isn't an <see cref="IDictionary"/> has them, such as <c>ExpandoObject</c>.</summary>
    static IEnumerable<(string, object?)> OfPairs(IEnumerable value)
    {
        var pair = PairsOf(value.GetType())!;
        var (key, part) = (pair.GetProperty("Key")!, pair.GetProperty("Value")!);
        foreach (var item in value) yield return ($"{key.GetValue(item)}", part.GetValue(item));
    }

    /// <summary>The type of the pairs of a generic dictionary; null for another type.</summary>
    static Type? PairsOf(Type type) => type.GetInterfaces()
        .Where(i => i.IsGenericType
            && (i.GetGenericTypeDefinition() == typeof(IDictionary<,>) || i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)))
        .Select(i => typeof(KeyValuePair<,>).MakeGenericType(i.GetGenericArguments())).FirstOrDefault();
}
