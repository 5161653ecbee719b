using System.Buffers;
using System.Text.Json;
using RedisML.Prediction;

namespace RedisML.Serving;

/// <summary>Writes replies as JSON: <c>prediction</c>, of classes <c>probability</c> and <c>probabilities</c>, and the version that said
/// so; or <c>error</c>.</summary>
sealed class ServiceReply
{
    readonly ArrayBufferWriter<byte> _bytes = new(512);

    public byte[] Write(ServiceRequest request, ServedModel served, Predictions? predictions)
    {
        _bytes.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_bytes))
        {
            writer.WriteStartObject();
            if (request.Problem is { } problem)
            {
                writer.WriteString("error"u8, problem.Id);
                writer.WriteString("message"u8, problem.Text);
            }
            else if (request.IsSingle)
            {
                WriteRow(writer, served, predictions!, request.FirstRow);
            }
            else
            {
                writer.WriteStartArray("predictions"u8);
                for (int row = request.FirstRow; row < request.FirstRow + request.RowCount; row++)
                {
                    writer.WriteStartObject();
                    WriteRow(writer, served, predictions!, row);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            }
            writer.WriteNumber("version"u8, served.Model.Version);
            writer.WriteEndObject();
        }
        return _bytes.WrittenSpan.ToArray();
    }

    static void WriteRow(Utf8JsonWriter writer, ServedModel served, Predictions predictions, int row)
    {
        var columns = served.Columns;
        writer.WritePropertyName("prediction"u8);
        switch (columns.Value(predictions, row, 0))
        {
            case double number: WriteNumber(writer, number); break;
            case long integer: writer.WriteNumberValue(integer); break;
            case bool boolean: writer.WriteBooleanValue(boolean); break;
            case string text: writer.WriteStringValue(text); break;
            default: writer.WriteNullValue(); break;
        }
        if (predictions.Classes is not { } classes) return;
        // The same fields in each reply of a model, so that a client's table has the same columns.
        if (columns.Value(predictions, row, 1) is not double probability)
        {
            writer.WriteNull("probability"u8);
            writer.WriteNull("probabilities"u8);
            return;
        }
        writer.WritePropertyName("probability"u8);
        WriteNumber(writer, probability);
        writer.WriteStartObject("probabilities"u8);
        for (int index = 0; index < classes.Count; index++)
        {
            writer.WritePropertyName(classes[index]);
            WriteNumber(writer, predictions.Probabilities[row * classes.Count + index]);
        }
        writer.WriteEndObject();
    }

    /// <summary>JSON has no infinities.</summary>
    static void WriteNumber(Utf8JsonWriter writer, double number)
    {
        if (double.IsFinite(number)) writer.WriteNumberValue(number);
        else writer.WriteNullValue();
    }
}
