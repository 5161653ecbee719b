using System.Text.Json;
using RedisML.Prediction;

namespace RedisML.Serving.Http;

/// <summary>Reads a request of the Open Inference Protocol: a tensor an input of the model, of one value a row.</summary>
static class InferenceRequest
{
    /// <summary>Reads rows into a buffer.</summary>
    /// <returns>The id that the client gave, or null.</returns>
    /// <exception cref="HttpProblem">What is wrong.</exception>
    public static string? Read(ReadOnlyMemory<byte> json, RowBuffer rows)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, rows);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new HttpProblem(400, "The body isn't the JSON of an inference request.");
        }
    }

    static string? Read(JsonElement root, RowBuffer rows)
    {
        var columns = new object?[]?[rows.Inputs.Count];
        int count = -1;
        foreach (var input in root.GetProperty("inputs").EnumerateArray())
        {
            string name = input.GetProperty("name").GetString() ?? "";
            int place = rows.PlaceOf(name);
            // As everywhere: other columns are fine.
            if (place < 0) continue;
            if (columns[place] is not null) throw new HttpProblem(400, $"'{name}' comes twice.");
            List<object?> values = [];
            Flatten(input.GetProperty("data"), values);
            CheckShape(name, input, values.Count);
            if (count >= 0 && values.Count != count) throw new HttpProblem(400, $"'{name}' has {values.Count} values, and others {count}.");
            count = values.Count;
            columns[place] = [.. values];
        }
        var missing = rows.Inputs.Where((_, place) => columns[place] is null).Select(input => $"'{input.Name}'").ToList();
        if (missing.Count > 0) throw new HttpProblem(400, $"Inputs are missing: {string.Join(", ", missing)}.");
        var row = new object?[columns.Length];
        for (int i = 0; i < count; i++)
        {
            for (int place = 0; place < row.Length; place++) row[place] = columns[place]![i];
            if (rows.TryAdd(row) is { } problem) throw new HttpProblem(400, $"Row {i + 1}: {problem}.");
        }
        return root.TryGetProperty("id", out var id) ? id.GetString() : null;
    }

    /// <summary>[rows], or [rows, 1].</summary>
    static void CheckShape(string name, JsonElement input, int count)
    {
        if (!input.TryGetProperty("shape", out var shape)) return;
        var lengths = shape.EnumerateArray().Select(length => length.GetInt64()).ToList();
        bool isColumn = lengths is [_] or [_, 1];
        if (!isColumn || lengths[0] != count)
            throw new HttpProblem(400, $"'{name}' has {count} values, and its shape is [{string.Join(", ", lengths.Take(8))}].");
    }

    /// <summary>Tensors may come as they are nested, or flat.</summary>
    static void Flatten(JsonElement data, List<object?> values)
    {
        foreach (var element in data.EnumerateArray())
        {
            if (values.Count >= ServiceLimits.RequestRows)
                throw new HttpProblem(413, $"A request has up to {ServiceLimits.RequestRows:N0} rows.");
            switch (element.ValueKind)
            {
                case JsonValueKind.Array: Flatten(element, values); break;
                case JsonValueKind.Null: values.Add(null); break;
                case JsonValueKind.True: values.Add(true); break;
                case JsonValueKind.False: values.Add(false); break;
                case JsonValueKind.String: values.Add(element.GetString()); break;
                case JsonValueKind.Number: values.Add(element.TryGetInt64(out long integer) ? integer : element.GetDouble()); break;
                default: throw new JsonException();
            }
        }
    }
}
