using System.Text.Json;
using RedisML.Prediction;

namespace RedisML.Serving;

/// <summary>A request as JSON: <c>{"reply": key, "features": {…}}</c>, or <c>"rows": […]</c>;
/// <c>"deadline"</c> is Unix time in milliseconds.</summary>
/// <remarks>What clients send is data: sizes are bounded, and nothing of it names a key but under the start that replies have.</remarks>
sealed class ServiceRequest
{
    /// <summary>Where the reply goes; null where the request doesn't say, so that there can be none.</summary>
    public string? Reply { get; private set; }

    /// <summary>The first of its rows in the buffer, and how many there are.</summary>
    public int FirstRow { get; private set; }

    public int RowCount { get; private set; }

    /// <summary>Whether it came as <c>features</c>, and its answer is of one row.</summary>
    public bool IsSingle { get; private set; }

    /// <summary>What is wrong with it, as the id of an error and a text; null for nothing.</summary>
    public (string Id, string Text)? Problem { get; private set; }

    long? Deadline { get; set; }

    /// <summary>Reads a request, and adds its rows to the buffer; none where something is wrong.</summary>
    public static ServiceRequest Read(byte[] json, RowBuffer rows, string replyStart, DateTimeOffset now)
    {
        var request = new ServiceRequest { FirstRow = rows.Rows };
        if (json.Length > ServiceLimits.RequestBytes)
            return request.Fail("RequestTooLarge", $"A request has up to {ServiceLimits.RequestBytes:N0} bytes.");
        try
        {
            var reader = new Utf8JsonReader(json);
            request.Read(ref reader, rows, replyStart);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            request.Fail("InvalidRequest", "The request isn't the JSON of a request.");
        }
        if (request.Problem is null && request.Deadline is { } deadline && deadline < now.ToUnixTimeMilliseconds())
            request.Fail("DeadlinePassed", "The deadline of the request has passed.");
        if (request.Problem is null && rows.Rows == request.FirstRow)
            request.Fail("InvalidRequest", "The request has neither features nor rows.");
        if (request.Problem is not null) rows.Truncate(request.FirstRow);
        request.RowCount = rows.Rows - request.FirstRow;
        return request;
    }

    void Read(ref Utf8JsonReader reader, RowBuffer rows, string replyStart)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "reply": Reply = ReplyOf(reader.GetString(), replyStart); break;
                case "deadline": Deadline = reader.GetInt64(); break;
                case "features":
                    IsSingle = true;
                    ReadRow(ref reader, rows);
                    break;
                case "rows":
                    if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) ReadRow(ref reader, rows);
                    break;
                default: reader.Skip(); break;
            }
        }
        // Behind the object there is nothing more.
        if (reader.TokenType != JsonTokenType.EndObject || reader.Read() || IsSingle && rows.Rows - FirstRow > 1) throw new JsonException();
    }

    void ReadRow(ref Utf8JsonReader reader, RowBuffer rows)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        var values = new object?[rows.Inputs.Count];
        Array.Fill(values, RowBuffer.Absent);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int place = rows.PlaceOf(reader.GetString()!);
            reader.Read();
            if (place < 0) reader.Skip();
            else values[place] = ValueOf(ref reader);
        }
        if (Problem is not null) return;
        int row = rows.Rows - FirstRow;
        if (row == ServiceLimits.RequestRows) Fail("RequestTooLarge", $"A request has up to {ServiceLimits.RequestRows:N0} rows.");
        else if (rows.TryAdd(values) is { } problem) Fail("SignatureMismatch", IsSingle ? $"{problem}." : $"Row {row + 1}: {problem}.");
    }

    static object? ValueOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => reader.TryGetInt64(out long integer) ? integer : reader.GetDouble(),
        _ => throw new JsonException(),
    };

    static string? ReplyOf(string? key, string start) =>
        key is { Length: <= ServiceLimits.ReplyKeyLength } && key.StartsWith(start, StringComparison.Ordinal) ? key : null;

    ServiceRequest Fail(string id, string text)
    {
        Problem ??= (id, text);
        return this;
    }

    /// <summary>Makes of a failure of the whole batch one of this request.</summary>
    public void FailBatch(string id, string text) => Fail(id, text);
}
