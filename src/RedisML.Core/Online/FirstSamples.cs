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
    /// <summary>How many values of a column are of each kind.</summary>
    sealed class Column
    {
        public int Samples, Booleans, Integers, Fractions, Texts;

        /// <summary>Boolean, Int64, Float64 or Utf8. A poisoned sample makes no text of numbers: that takes more than one value in ten.
        /// </summary>
        public ColumnType Type
        {
            get
            {
                int numbers = Integers + Fractions, values = numbers + Booleans + Texts;
                return 10 * Texts > values || Booleans > 0 && numbers > 0 ? ColumnType.Utf8
                    : Booleans > 0 ? ColumnType.Boolean
                    : Fractions > 0 || values == 0 ? ColumnType.Float64 : ColumnType.Int64;
            }
        }

        public void Add(JsonElement value)
        {
            Samples++;
            if (value.ValueKind is JsonValueKind.Null) return;
            string text = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => value.GetRawText(),
            };
            if (text.Length == 0) return;
            bool hasLeadingZero = text.TrimStart('-') is ['0', >= '0' and <= '9', ..];
            if (text is "true" or "false") Booleans++;
            else if (hasLeadingZero || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) Texts++;
            else if (!double.IsFinite(number)) return;
            else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) Integers++;
            else Fractions++;
        }
    }

    /// <summary>The columns that most samples have, in the order in which they first come, and their types. Text that reads as a number is
    /// one, without leading zeros.</summary>
    /// <exception cref="RedisMLException"><c>NoSample</c>; <c>RedisWrongType</c>.</exception>
    public async Task<Dictionary<string, ColumnType>> ReadAsync(SampleSourceKind kind, string source, CancellationToken cancellation)
    {
        var key = connection.Keys.Samples(source).Samples;
        var seal = new SealedSample(connection.Seals.Samples(source), key);
        var samples = kind == SampleSourceKind.List
            ? (await connection.Database.PatientlyAsync(d => d.ListRangeAsync(key, 0, OnlineLimits.FirstSamples - 1), cancellation)
                .ConfigureAwait(false)).Select(sample => seal.Open(sample, out _))
            : (await connection.Database.PatientlyAsync(d => d.StreamRangeAsync(key, count: OnlineLimits.FirstSamples), cancellation)
                .ConfigureAwait(false)).Select(entry => seal.Open(entry.Values, out _) ?? StreamEntries.ToJson(entry.Values));
        var columns = new Dictionary<string, Column>(StringComparer.Ordinal);
        int read = samples.Count(sample => TryLook(sample, columns));
        var usual = columns.Where(column => 2 * column.Value.Samples > read)
            .ToDictionary(column => column.Key, column => column.Value.Type, StringComparer.Ordinal);
        if (usual.Count == 0)
            throw new RedisMLException("NoSample", ErrorKind.ObjectNotFound,
                $"{kind} '{source}' has no sample yet by which columns are known. Add some first (Add-RedisTrainingSample), or start " +
                "from a model (-InitialModel).", source);
        if (usual.Count > OnlineLimits.Columns)
            throw new RedisMLException("TooManyColumns", ErrorKind.LimitsExceeded,
                $"The samples of '{source}' have more than {OnlineLimits.Columns:N0} columns.", source);
        return usual;
    }

    static bool TryLook(ReadOnlyMemory<byte> sample, Dictionary<string, Column> columns)
    {
        try
        {
            using var document = JsonDocument.Parse(sample);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return false;
            foreach (var field in document.RootElement.EnumerateObject())
            {
                if (field.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array) continue;
                if (!columns.TryGetValue(field.Name, out var column)) columns.Add(field.Name, column = new());
                column.Add(field.Value);
            }
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // One that can't be read is put aside when it is its turn.
            return false;
        }
    }
}
