using RedisML.Connections;
using RedisML.Errors;
using RedisML.Formats;
using RedisML.Models;
using RedisML.Prediction.Onnx;
using RedisML.Processes;
using RedisML.Runs;

namespace RedisML.ModelFiles;

/// <summary>The file formats of a model.</summary>
public enum ModelFormat
{
    /// <summary>ONNX, for trained models: raw columns in, prediction out.</summary>
    Onnx,

    /// <summary>The parameters, for other libraries of machine learning.</summary>
    Safetensors,

    /// <summary>Definition and parameters, for anything else.</summary>
    Json,

    /// <summary>What is to be known of the model, as an HTML page.</summary>
    Card,
}

/// <summary>Writes models to files.</summary>
public static class ModelExport
{
    /// <summary>The format that a file's extension says, or null.</summary>
    public static ModelFormat? FormatOf(string path) =>
        Enum.GetValues<ModelFormat>().Cast<ModelFormat?>()
            .FirstOrDefault(f => path.EndsWith(ExtensionOf(f!.Value), StringComparison.OrdinalIgnoreCase));

    /// <summary>The extension of a format's files, with its dot.</summary>
    public static string ExtensionOf(ModelFormat format) => format == ModelFormat.Card ? ".html" : $".{format}".ToLowerInvariant();

    /// <summary>Writes a version of a model to a file. The file is there whole or not at all.</summary>
    /// <param name="overwrite">Whether a file that exists is replaced.</param>
    /// <exception cref="RedisMLException">
    /// <c>FileExists</c>, <c>FileNotWritten</c>; those of <see cref="TargetFile.Resolve"/>; for ONNX <c>ModelNotTrained</c>,
    /// <c>ParameterShapeMismatch</c>.
    /// </exception>
    public static async Task WriteAsync(
        ModelStore models, Model model, ModelFormat format, string path, bool overwrite, CancellationToken cancellation)
    {
        var file = new FileInfo(TargetFile.Resolve(path));
        if (!overwrite && file.Exists)
            throw new RedisMLException("FileExists", ErrorKind.ResourceExists,
                $"There is a file '{file.FullName}'. Use -Force to replace it.", path);

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
        ModelFormat.Safetensors => SafetensorsExport.Write(model, parameters),
        ModelFormat.Json => JsonExport.Write(model, parameters),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
