using RedisML.Models;

namespace RedisML.Prediction.Onnx;

/// <summary>How a family of models is written as ONNX.</summary>
public interface IOnnxForm
{
    /// <summary>The whole file, where the model is one in ONNX already; else null.</summary>
    byte[]? Original(IReadOnlyDictionary<string, ParameterValue> parameters) => null;

    /// <summary>Adds what follows from the columns, up to the outputs.</summary>
    /// <param name="graph">Has the inputs, and computes columns and encoded features.</param>
    /// <exception cref="Errors.RedisMLException"><c>ParameterShapeMismatch</c>.</exception>
    void Write(OnnxModel graph, Model model, IReadOnlyDictionary<string, ParameterValue> parameters);
}
