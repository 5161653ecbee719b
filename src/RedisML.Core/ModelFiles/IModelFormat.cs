using RedisML.Models;

namespace RedisML.ModelFiles;

/// <summary>A format of files that models are read from.</summary>
public interface IModelFormat
{
    /// <summary>Such as <c>Onnx</c>; with a dot before it the extension of its files.</summary>
    string Name { get; }

    /// <summary>The model in a file.</summary>
    /// <exception cref="Errors.RedisMLException">What a file of it can be wrong in, and options that it has no use for.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    ImportedModel Read(byte[] content, ModelImportOptions options);
}

/// <summary>What is to be known of a model that its file doesn't say.</summary>
public sealed record ModelImportOptions
{
    /// <summary>The column that is predicted.</summary>
    public string? Label { get; init; }

    /// <summary>The columns that it is predicted from, in the order in which the model takes them.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>The classes, in the order of the model's scores.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The output that predictions are read from.</summary>
    public string? Output { get; init; }

    /// <summary>Whether scores are to be made probabilities of.</summary>
    public bool Logit { get; init; }

    /// <summary>For formats whose files say everything.</summary>
    /// <exception cref="Errors.RedisMLException"><c>OptionInvalid</c>.</exception>
    internal void DemandNone(string format)
    {
        if (this != new ModelImportOptions())
            throw new Errors.RedisMLException("OptionInvalid", Errors.ErrorKind.InvalidArgument,
                $"A file of the format {format} says all of its model itself: Label, Feature, Class, Output and Logit are for ONNX.",
                format);
    }
}

/// <summary>What a file holds.</summary>
/// <param name="Name">What the model was called; null where the file doesn't say.</param>
/// <param name="Definition">Null for parameters alone.</param>
public sealed record ImportedModel(
    string? Name, ModelDefinition? Definition, IReadOnlyList<KeyValuePair<string, ParameterValue>> Parameters);
