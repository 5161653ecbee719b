using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RedisML.Benchmarks.Fuzzing;

/// <summary>Makes broken inputs of whole ones: bits and bytes, and of JSON its values.</summary>
static class Mutation
{
    static readonly long[] s_numbers =
        [0, 1, -1, 127, 255, 256, 32_768, 65_535, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, long.MaxValue, long.MinValue];
    static readonly string[] s_words = ["null", "NaN", "\"\"", "-1", "1e308", "9223372036854775807", "99999999999999999999", "[]", "{}",
        "true", "\"\\u0000\"", "\n", "\r", ",", "\"", "(", ")", "''", "-"];

    /// <summary>An input with one to four changes.</summary>
    public static byte[] Of(byte[] whole, Random random)
    {
        if (whole.Length > 1 && whole[0] is (byte)'{' or (byte)'[' && random.Next(4) > 0 && OfJson(whole, random) is { } json) return json;
        var bytes = whole.ToList();
        for (int changes = 1 + random.Next(4); changes > 0; changes--) Change(bytes, random);
        return [.. bytes];
    }

    static void Change(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count + 1);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 64), bytes.Count - at)); break;
            case 3: bytes.RemoveRange(at, bytes.Count - at); break;
            case 4: bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count + 1)).Take(random.Next(64)).ToArray()); break;
            case 5: bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_words[random.Next(s_words.Length)])); break;
            case 6:
                var number = BitConverter.GetBytes(s_numbers[random.Next(s_numbers.Length)]).AsSpan(0, 1 << random.Next(4));
                for (int i = 0; i < number.Length && at + i < bytes.Count; i++) bytes[at + i] = number[i];
                break;
            default:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(64)));
                break;
        }
    }

    static byte[]? OfJson(byte[] whole, Random random)
    {
        JsonNode? root;
        try { root = JsonNode.Parse(whole); }
        catch (JsonException) { return null; }
        for (int changes = 1 + random.Next(3); changes > 0; changes--)
        {
            var places = new List<(JsonNode Parent, object Key)>();
            Collect(root, places);
            if (places.Count == 0) break;
            var (parent, key) = places[random.Next(places.Count)];
            if (parent is JsonObject named && random.Next(5) == 0) named.Remove((string)key);
            else if (parent is JsonObject o) o[(string)key] = Value(random);
            else parent.AsArray()[(int)key] = Value(random);
        }
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    static void Collect(JsonNode? node, List<(JsonNode, object)> places)
    {
        if (node is JsonObject named)
            foreach (var (key, value) in named)
            {
                places.Add((named, key));
                Collect(value, places);
            }
        if (node is JsonArray list)
            for (int i = 0; i < list.Count; i++)
            {
                places.Add((list, i));
                Collect(list[i], places);
            }
    }

    static JsonNode? Value(Random random) => random.Next(9) switch
    {
        0 => null,
        1 => JsonValue.Create(s_numbers[random.Next(s_numbers.Length)]),
        2 => JsonValue.Create("NaN"),
        3 => JsonValue.Create(""),
        4 => new JsonArray(),
        5 => new JsonObject(),
        6 => JsonValue.Create(random.NextDouble() * 1e300),
        7 => JsonValue.Create(new string((char)random.Next(1, 0x3000), random.Next(1, 300))),
        _ => JsonValue.Create(random.Next(2) == 0),
    };
}
