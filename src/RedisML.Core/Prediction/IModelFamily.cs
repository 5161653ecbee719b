using RedisML.Models;
using RedisML.Prediction.Onnx;

namespace RedisML.Prediction;

/// <summary>A family of models that can be loaded and predict, and perhaps be exported: one folder, one registration.</summary>
public interface IModelFamily
{
    /// <summary>The name by which definitions and <c>-Algorithm</c> call it.</summary>
    string Name { get; }

    /// <summary>Makes a predictor of a stored version.</summary>
    /// <param name="parameters">All of them, by name.</param>
    /// <exception cref="Errors.RedisMLException"><c>ParameterShapeMismatch</c>, <c>ModelNotPredictable</c>.</exception>
    IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters);

    /// <summary>How it is written as ONNX; null where it can't be.</summary>
    IOnnxForm? Onnx { get; }
}
