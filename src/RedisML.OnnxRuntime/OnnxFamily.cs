using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Numerics;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;

namespace RedisML.OnnxRuntime;

/// <summary>Models in ONNX: one parameter, the file.</summary>
sealed class OnnxFamily : IModelFamily
{
    /// <summary>The parameter: the bytes of the file.</summary>
    public const string File = "onnx";

    public string Name => "Onnx";

    public IOnnxForm? Onnx { get; } = new Form();

    public IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var definition = model.Definition!;
        var pipeline = definition.RequirePipeline();
        var binding = OnnxBinding.Read(definition.Options, pipeline.Inputs.Count, pipeline.Label.Classes?.Count ?? 0, model.Name);
        if (binding.Classes.Except(pipeline.Label.Classes ?? []).Any()) throw Mismatch(model.Name, "classes");
        CheckDerived(pipeline, model.Name);
        var content = BytesOf(parameters);
        _ = new OnnxFile(content);
        var session = OnnxSession.Load(content);
        // What lies in Redis may have been changed: the graph must have what the definition says.
        int column = 0;
        if (session.Session.InputNames.Count != binding.Inputs.Count || !session.Session.OutputMetadata.ContainsKey(binding.Output))
            throw Mismatch(model.Name, "inputs or outputs");
        foreach (var input in binding.Inputs)
        {
            if (!session.Session.InputMetadata.TryGetValue(input.Name, out var metadata) || !metadata.IsTensor
                || metadata.Dimensions.Length != input.Shape.Count + 1)
                throw Mismatch(model.Name, $"input '{input.Name}'");
            for (int k = 0; k < input.Width; k++, column++)
                if (metadata.IsString != pipeline.Inputs[column].Type.IsText
                    || !metadata.IsString && !pipeline.Inputs[column].Type.IsNumeric) throw Mismatch(model.Name, $"input '{input.Name}'");
        }
        return new OnnxPredictor(definition, binding, session);
    }

    /// <summary>A graph computes its features itself: only what the label is computed from may be derived.</summary>
    /// <exception cref="RedisMLException"><c>InvalidModelDefinition</c>.</exception>
    public static void CheckDerived(FeaturePipeline pipeline, string model)
    {
        var columns = pipeline.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        if (pipeline.Derived.Any(column => column.Name is null || column.Expression is null || columns.Contains(column.Name)))
            throw Mismatch(model, "derived columns");
    }

    /// <summary>Nobody knows what the numbers in a graph mean.</summary>
    public IReadOnlyList<ParameterElement> Explain(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) => [];

    static byte[] BytesOf(IReadOnlyDictionary<string, ParameterValue> parameters) =>
        parameters.TryGetValue(File, out var value) && value is Tensor { ElementType: ElementType.UInt8, Shape.Count: 1 } bytes
            ? (byte[])bytes.Elements
            : throw new RedisMLException("ParameterShapeMismatch", ErrorKind.InvalidData,
                $"A model in ONNX has the parameter '{File}', the bytes of its file.", File);

    static RedisMLException Mismatch(string model, string what) => new("InvalidModelDefinition", ErrorKind.InvalidData,
        $"The definition of model '{model}' says other {what} than its graph.", model);

    sealed class Form : IOnnxForm
    {
        public byte[]? Original(IReadOnlyDictionary<string, ParameterValue> parameters) => BytesOf(parameters);

        public void Write(OnnxModel graph, Model model, IReadOnlyDictionary<string, ParameterValue> parameters) =>
            throw new NotSupportedException();
    }
}
