using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>What entries of streams are: ids of milliseconds and a number, and fields.</summary>
static class StreamEntries
{
    /// <summary>Before all entries.</summary>
    public const string First = "0-0";

    /// <summary>The two numbers of an id; zeros for what is none.</summary>
    public static (long Time, ulong Number) Parse(string? id)
    {
        int dash = id?.IndexOf('-') ?? -1;
        return dash > 0 && long.TryParse(id.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long time)
            && ulong.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
                ? (time, number) : default;
    }

    /// <summary>The fields as a JSON object, for people to look at and for samples that wait.</summary>
    public static byte[] ToJson(NameValueEntry[] fields)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, SampleJson.Options))
        {
            writer.WriteStartObject();
            foreach (var field in fields) writer.WriteString((string?)field.Name ?? "", (string?)field.Value ?? "");
            writer.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
