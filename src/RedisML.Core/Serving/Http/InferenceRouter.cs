using System.Diagnostics;
using RedisML.Errors;
using RedisML.Prediction;

namespace RedisML.Serving.Http;

/// <summary>Answers requests of the Open Inference Protocol by the model that an instance serves.</summary>
/// <param name="served">What answers now.</param>
/// <param name="names">The names by which clients may call the model.</param>
/// <param name="answered">Told of each inference: how many milliseconds it took, and whether it failed.</param>
sealed class InferenceRouter(Func<ServedModel> served, IReadOnlyList<string> names, Action<double, bool> answered)
{
    /// <summary>The way to one model, below <c>/v2/models/&lt;name&gt;</c>: what is wanted, and of which version.</summary>
    readonly record struct Target(string Name, string? Version, string What);

    public byte[] Answer(string method, string path, ReadOnlyMemory<byte> body)
    {
        string[] segments = [.. path.Trim('/').Split('/').Select(Uri.UnescapeDataString)];
        return segments switch
        {
            ["v2"] => Get(method, InferenceReply.Server),
            ["v2", "health", "live"] => Get(method, InferenceReply.Live),
            ["v2", "health", "ready"] => Get(method, () => InferenceReply.Ready(null)),
            ["v2", "models"] => Get(method, () => InferenceReply.Models(names)),
            ["v2", "models", var name] => Model(method, new(name, null, ""), body),
            ["v2", "models", var name, "versions", var version] => Model(method, new(name, version, ""), body),
            ["v2", "models", var name, "versions", var version, var what] => Model(method, new(name, version, what), body),
            ["v2", "models", var name, var what] => Model(method, new(name, null, what), body),
            _ => throw NotFound("There is nothing here; /v2 is the Open Inference Protocol."),
        };
    }

    /// <summary>Whether there is a body to be read.</summary>
    public static bool TakesBody(string method) => method == "POST";

    byte[] Model(string method, Target target, ReadOnlyMemory<byte> body)
    {
        var current = served();
        if (!names.Contains(target.Name)) throw NotFound($"There is no model '{target.Name}'; there is {string.Join(", ", names)}.");
        if (target.Version is { } version && version != $"{current.Model.Version}")
            throw NotFound($"Version {version} isn't served; version {current.Model.Version} is.");
        return target.What switch
        {
            "" => Get(method, () => InferenceReply.Metadata(target.Name, current, Columns(current))),
            "ready" => Get(method, () => InferenceReply.Ready(target.Name)),
            "infer" => method == "POST" ? Infer(target.Name, current, body) : throw WrongMethod("POST"),
            _ => throw NotFound($"A model has no '{target.What}'."),
        };
    }

    byte[] Infer(string name, ServedModel current, ReadOnlyMemory<byte> body)
    {
        long start = Stopwatch.GetTimestamp();
        bool hasFailed = true;
        try
        {
            // Buffers are for one thread, and requests come on many.
            var rows = new RowBuffer(current.Predictor.Signature);
            var id = InferenceRequest.Read(body, rows);
            var predictions = rows.Rows == 0 ? null : current.Predictor.Predict(rows.ToBatch());
            var reply = InferenceReply.Predictions(name, id, current, Columns(current), predictions);
            hasFailed = false;
            return reply;
        }
        catch (RedisMLException e)
        {
            throw new HttpProblem(400, e.Message);
        }
        finally
        {
            answered(Stopwatch.GetElapsedTime(start).TotalMilliseconds, hasFailed);
        }
    }

    static PredictionColumns Columns(ServedModel current) => new(current.Predictor.Signature, new() { ClassProbabilities = true });

    static byte[] Get(string method, Func<byte[]> reply) => method is "GET" or "HEAD" ? reply() : throw WrongMethod("GET");

    static HttpProblem WrongMethod(string right) => new(405, $"The method is {right}.");

    static HttpProblem NotFound(string message) => new(404, message);
}
