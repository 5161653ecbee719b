using RedisML.Connections;
using RedisML.Errors;
using RedisML.Formats;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Processes;
using RedisML.Runs;

namespace RedisML.ModelFiles;

/// <summary>The file formats of a model.</summary>
public enum ModelFormat
{
    /// <summary>ONNX, for trained models: raw columns in, prediction out.</summary>
    Onnx,

    /// <summary>The same for old readers, which know ai.onnx.ml of opset 3 alone: trees are summed in single precision.</summary>
    OnnxLegacy,

    /// <summary>The parameters, for other libraries of machine learning.</summary>
    Safetensors,

    /// <summary>Definition and parameters, for anything else.</summary>
    Json,

    /// <summary>What is to be known of the model, as an HTML page.</summary>
    Card,

    /// <summary>The form that the model's algorithm has elsewhere, such as LightGBM's text.</summary>
    Native,
}

/// <summary>Writes models to files.</summary>
public static class ModelExport
{
    /// <summary>The formats that a file's extension says.</summary>
    public static IReadOnlyList<ModelFormat> WithExtension { get; } =
        [ModelFormat.Onnx, ModelFormat.Safetensors, ModelFormat.Json, ModelFormat.Card];

    /// <summary>The format that a file's extension says, or null.</summary>
    public static ModelFormat? FormatOf(string path) =>
        WithExtension.Cast<ModelFormat?>()
            .FirstOrDefault(f => path.EndsWith(ExtensionOf(f!.Value), StringComparison.OrdinalIgnoreCase));

    /// <summary>The extension of a format's files, with its dot.</summary>
    public static string ExtensionOf(ModelFormat format) => format == ModelFormat.Card ? ".html" : $".{format}".ToLowerInvariant();

    /// <summary>Writes a version of a model to a file. The file is there whole or not at all.</summary>
    /// <param name="overwrite">Whether a file that exists is replaced.</param>
    /// <exception cref="RedisMLException">
    /// <c>FileExists</c>, <c>FileNotWritten</c>; those of <see cref="TargetFile.Resolve"/>; for ONNX <c>ModelNotTrained</c>,
    /// <c>ParameterShapeMismatch</c>; <c>UnknownModelFormat</c> for the algorithm's own form where it has none, and without parameters for
    /// all formats but the card.
    /// </exception>
    public static async Task WriteAsync(
        ModelStore models, Model model, ModelFormat format, string path, bool overwrite, CancellationToken cancellation)
    {
        var file = new FileInfo(TargetFile.Resolve(path));
        if (!overwrite && file.Exists)
            throw new RedisMLException("FileExists", ErrorKind.ResourceExists,
                $"There is a file '{file.FullName}'. Use -Force to replace it.", path);

        if (format != ModelFormat.Card && model.Parameters.Count == 0) throw NoContent(model);
        var parameters = await models.ReadParametersAsync(model, null, cancellation).ConfigureAwait(false);
        var metrics = format == ModelFormat.Card && model.Definition?.Lineage.Run is { Length: > 0 } run && KeySpace.IsValidName(run)
            ? await new RunStore(models.Connection).MetricsAsync(run, cancellation).ConfigureAwait(false) : [];
        var bytes = format == ModelFormat.Card ? ModelCard.Write(model, parameters, metrics) : Write(model, parameters, format);
        using var temporary = new TemporaryFile(Path.Combine(file.DirectoryName!, $".{file.Name}.{Guid.NewGuid():N}.tmp"));
        try
        {
            var stream = PrivateFile.Open(temporary.Path, FileMode.CreateNew, FileShare.None, isAsync: true);
            await using (stream.ConfigureAwait(false)) await stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            PrivateFile.Publish(temporary.Path, file.FullName, overwrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RedisMLException("FileNotWritten", ErrorKind.WriteError, $"'{file.FullName}' can't be written: {e.Message}", path, e);
        }
    }

    static byte[] Write(Model model, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters, ModelFormat format) => format switch
    {
        ModelFormat.Onnx => OnnxModel.Write(model, parameters),
        ModelFormat.OnnxLegacy => OnnxModel.Write(model, parameters, isLegacy: true),
        ModelFormat.Safetensors => SafetensorsExport.Write(model, parameters),
        ModelFormat.Json => JsonExport.Write(model, parameters),
        ModelFormat.Native => WriteNative(model, parameters),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>What is only in Redis would be missing from a file, and nobody would know.</summary>
    static RedisMLException NoContent(Model model) => new("UnknownModelFormat", ErrorKind.InvalidArgument,
        $"Model '{model.Name}' has no parameters that a file could hold"
        + (model.Definition?.Task == ModelTask.NextToken ? ": what it learned are counts in Redis. Add its text where it is wanted"
            : "") + ". -Format Card writes what is known of it.", model.Name);

    static byte[] WriteNative(Model model, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters)
    {
        var family = model.Definition is { } definition ? ModelFamilies.Get(definition.Algorithm) : null;
        return family?.WriteNative(model, parameters.ToDictionary(StringComparer.Ordinal)) ?? throw new RedisMLException(
            "UnknownModelFormat", ErrorKind.InvalidArgument,
            $"Model '{model.Name}' has no form of its algorithm's own. Export it as Safetensors or Json.", model.Name);
    }
}
