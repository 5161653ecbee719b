using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RedisML.PowerShell.Outputs;

/// <summary>The text of what an <see cref="OutputObject"/> holds, as a cell of a CSV file has it.</summary>
/// <remarks>Public because PowerShell calls it as the objects' <c>ToString</c>.</remarks>
public static class OutputText
{
    static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;
    static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Times as ISO 8601, lists of plain values with commas between, all else as JSON.</summary>
    /// <param name="arguments">Those of the value's own <c>ToString</c>, such as a format: then it answers.</param>
    public static string Of(PSObject value, params object[] arguments) => value.BaseObject switch
    {
        IFormattable own when arguments is [string format, ..] =>
            own.ToString(format, arguments.ElementAtOrDefault(1) as IFormatProvider ?? CultureInfo.CurrentCulture),
        IFormattable own when arguments is [IFormatProvider culture] => own.ToString(null, culture),
        DateTimeOffset time => time.ToString("O", s_culture),
        DateTime time => time.ToString("O", s_culture),
        PSCustomObject when HasOwnText(value) => $"{OutputObject.Source(value)}",
        PSCredential credential => credential.UserName,
        IEnumerable list and not IDictionary when list.Cast<object?>().All(IsPlain) =>
            string.Join(", ", list.Cast<object?>().Select(item => item is PSObject known ? Of(known) : Convert.ToString(item, s_culture))),
        _ => ToJson(value)?.ToJsonString(s_json) ?? "",
    };

    static bool IsPlain(object? value) => value is PSObject known ? HasOwnText(known) : value is null or string or bool or IFormattable;

    static bool HasOwnText(PSObject value) =>
        OutputObject.Source(value) is { } source and not PSObject && OutputObject.HasOwnText(source.GetType());

    static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        PSObject { BaseObject: PSCustomObject } custom =>
            new JsonObject(custom.Properties.Select(p => KeyValuePair.Create(p.Name, ToJson(p.Value)))),
        PSObject { BaseObject: DateTime or DateTimeOffset } time => JsonValue.Create(Of(time)),
        PSObject wrapped => ToJson(wrapped.BaseObject),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        double or float when !double.IsFinite(Convert.ToDouble(value, s_culture)) =>
            JsonValue.Create(Convert.ToString(value, s_culture)),
        IDictionary map =>
            new JsonObject(map.Cast<DictionaryEntry>().Select(e => KeyValuePair.Create($"{e.Key}", ToJson(e.Value)))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(ToJson)]),
        _ => JsonSerializer.SerializeToNode(value, value.GetType()),
    };
}
