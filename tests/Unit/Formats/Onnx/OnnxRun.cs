using Microsoft.ML.OnnxRuntime;
using RedisML.Columns;

namespace RedisML.Unit.Formats.Onnx;

/// <summary>Runs a model by ONNX Runtime over columns.</summary>
sealed class OnnxRun(byte[] model) : IDisposable
{
    readonly InferenceSession _session = new(model);

    internal IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    internal IEnumerable<string> Inputs => _session.InputNames;

    internal IEnumerable<string> Outputs => _session.OutputNames;

    /// <summary>The elements of each output, in C order, as <c>double[]</c> or <c>string[]</c>.</summary>
    internal Dictionary<string, Array> Run(Func<string, ColumnVector> column)
    {
        var inputs = _session.InputNames.ToDictionary(name => name, name => ToInput(column(name)));
        using var options = new RunOptions();
        using var outputs = _session.Run(options, inputs, _session.OutputNames);
        var results = _session.OutputNames.Zip(outputs, (name, value) => (name, ToArray(value))).ToDictionary(r => r.name, r => r.Item2);
        foreach (var input in inputs.Values) input.Dispose();
        return results;
    }

    /// <summary>Loads the native library.</summary>
    internal static void Load() => _ = OrtEnv.Instance();

    public void Dispose() => _session.Dispose();

    static OrtValue ToInput(ColumnVector column)
    {
        long[] shape = [column.Length, 1];
        if (column is NumberVector numbers) return OrtValue.CreateTensorValueFromMemory(numbers.Values.ToArray(), shape);
        var text = (TextVector)column;
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (int i = 0; i < column.Length; i++) value.StringTensorSetElementAt(text.Codes[i] < 0 ? "" : text.Levels[text.Codes[i]], i);
        return value;
    }

    static Array ToArray(OrtValue value) =>
        value.GetTensorTypeAndShape().ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.String
        ? value.GetStringTensorAsArray() : value.GetTensorDataAsSpan<double>().ToArray();
}
