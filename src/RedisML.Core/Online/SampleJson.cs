using System.Text.Encodings.Web;
using System.Text.Json;

namespace RedisML.Online;

/// <summary>How samples are written as JSON: text as it is, as nobody puts it into HTML.</summary>
static class SampleJson
{
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
