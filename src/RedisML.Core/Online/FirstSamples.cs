using System.Globalization;
using System.Text.Json;
using RedisML.Columns;
using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>What the first samples of a list or stream say of their columns.</summary>
sealed class FirstSamples(RedisMLConnection connection)
{
    /// <summary>What is known of a column: the narrowest type that holds all values so far.</summary>
    /// <param name="Type">Boolean, Int64, Float64 or Utf8.</param>
    public sealed record Column(ColumnType Type);

    /// <summary>The columns in the order in which they first come. Text that reads as a number is one, without leading zeros.</summary>
    /// <exception cref="RedisMLException"><c>NoSample</c>; <c>RedisWrongType</c>.</exception>
    public async Task<Dictionary<string, Column>> ReadAsync(SampleSourceKind kind, string source, CancellationToken cancellation)
    {
        var key = connection.Keys.Samples(source).Samples;
        var samples = kind == SampleSourceKind.List
            ? (await connection.Database.PatientlyAsync(d => d.ListRangeAsync(key, 0, OnlineLimits.FirstSamples - 1), cancellation)
                .ConfigureAwait(false)).Select(sample => (byte[])sample!)
            : (await connection.Database.PatientlyAsync(d => d.StreamRangeAsync(key, count: OnlineLimits.FirstSamples), cancellation)
                .ConfigureAwait(false)).Select(entry => StreamEntries.ToJson(entry.Values));
        var types = new Dictionary<string, ColumnType?>(StringComparer.Ordinal);
        foreach (var sample in samples) Look(sample, types);
        if (types.Count == 0)
            throw new RedisMLException("NoSample", ErrorKind.ObjectNotFound,
                $"{kind} '{source}' has no sample yet by which columns are known. Add some first (Add-RedisTrainingSample), or start " +
                "from a model (-InitialModel).", source);
        if (types.Count > OnlineLimits.Columns)
            throw new RedisMLException("TooManyColumns", ErrorKind.LimitsExceeded,
                $"The samples of '{source}' have more than {OnlineLimits.Columns:N0} columns.", source);
        return types.ToDictionary(type => type.Key, type => new Column(type.Value ?? ColumnType.Float64), StringComparer.Ordinal);
    }

    static void Look(byte[] sample, Dictionary<string, ColumnType?> types)
    {
        try
        {
            using var document = JsonDocument.Parse(sample);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return;
            foreach (var field in document.RootElement.EnumerateObject())
            {
                if (field.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array) continue;
                var before = types.GetValueOrDefault(field.Name);
                types[field.Name] = TypeOf(field.Value) is not { } type ? before : before is null ? type : Both(before.Value, type);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // One that can't be read is put aside when it is its turn.
        }
    }

    static ColumnType Both(ColumnType a, ColumnType b) => a == b ? a
        : a.IsNumeric && b.IsNumeric && a != ColumnType.Boolean && b != ColumnType.Boolean ? ColumnType.Float64 : ColumnType.Utf8;

    static ColumnType? TypeOf(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return ColumnType.Boolean;
        if (value.ValueKind is JsonValueKind.Null) return null;
        string text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : value.GetString()!;
        if (text.Length == 0) return null;
        if (text is "true" or "false") return ColumnType.Boolean;
        bool hasLeadingZero = text.TrimStart('-') is ['0', >= '0' and <= '9', ..];
        if (hasLeadingZero || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            || !double.IsFinite(number)) return ColumnType.Utf8;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? ColumnType.Int64
            : ColumnType.Float64;
    }
}
