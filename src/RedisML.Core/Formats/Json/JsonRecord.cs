using System.Text;
using System.Text.Json;
using RedisML.Formats.Objects;

namespace RedisML.Formats.Json;

/// <summary>Rows as JSON objects for files of rejected rows: where each came from and why comes first, then the row as it stood.</summary>
/// <remarks>It stands within the same braces, so that it is corrected in its place. An import leaves the first four names out.</remarks>
static class JsonRecord
{
    static readonly string[] s_places = ["_line", "_column", "_value", "_reason"];

    /// <summary>What stands for a line that is no object at all.</summary>
    const string Whole = "_record";

    /// <summary>Whether a file with these names is one of rejected rows.</summary>
    public static bool HoldsRejects(IReadOnlyList<string> names) => names.Take(s_places.Length).SequenceEqual(s_places);

    /// <summary>The names of the rows themselves.</summary>
    public static IEnumerable<string> OwnNames(IEnumerable<string> names) => names.Where(name => name != Whole && !s_places.Contains(name));

    /// <summary>The names that an import of rejected rows leaves out.</summary>
    public static IReadOnlyList<string> Places => s_places;

    /// <summary>A line of the file.</summary>
    public static byte[] Rejected(BadRow bad, long line, string column, string reason)
    {
        var place = JsonSerializer.SerializeToUtf8Bytes(new { _line = line, _column = column, _value = bad.Value, _reason = reason });
        var record = bad.Record.Span.Trim(" \t\r\n"u8);
        if (record is not [(byte)'{', ..])
            record = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { [Whole] = Encoding.UTF8.GetString(record) });
        var rest = record[1..].TrimStart(" \t"u8);
        return [.. place.AsSpan(..^1), .. rest is [(byte)'}'] ? ""u8 : ","u8, .. rest, (byte)'\n'];
    }

    /// <summary>A row of values: numbers, booleans and lists as JSON has them, anything else as text.</summary>
    public static byte[] Of(IEnumerable<(string Name, object? Value)> row) =>
        JsonSerializer.SerializeToUtf8Bytes(row.ToDictionary(p => p.Name, p => p.Value switch
        {
            null or string or bool or sbyte or byte or short or ushort or int or uint or long or ulong or decimal => p.Value,
            double number when double.IsFinite(number) => number,
            float number when float.IsFinite(number) => number,
            byte[] bytes => Convert.ToBase64String(bytes),
            Array and (double[] or float[] or long[] or int[] or short[] or ulong[]) => p.Value,
            var other => (object?)ObjectValue.TextOf(other),
        }));
}
