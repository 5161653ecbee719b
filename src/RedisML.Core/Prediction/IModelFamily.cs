using RedisML.Models;
using RedisML.Prediction.Onnx;

namespace RedisML.Prediction;

/// <summary>A family of models that can be loaded and predict, and perhaps be exported: one folder, one registration.</summary>
public interface IModelFamily
{
    /// <summary>The name by which definitions and <c>-Algorithm</c> call it.</summary>
    string Name { get; }

    /// <summary>Whether its models are trained on a dataset; else they come from files, or grow.</summary>
    bool IsTrained => false;

    /// <summary>Makes a predictor of a stored version.</summary>
    /// <param name="parameters">All of them, by name.</param>
    /// <exception cref="Errors.RedisMLException"><c>ParameterShapeMismatch</c>, <c>ModelNotPredictable</c>.</exception>
    IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters);

    /// <summary>What each number of its parameters belongs to; null where the algorithm gives them no meaning.</summary>
    /// <param name="parameters">All of them, by name.</param>
    IReadOnlyList<ParameterElement>? Explain(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) => null;

    /// <summary>The file by which other programs of the algorithm know the model; null where there is none such.</summary>
    /// <param name="parameters">All of them, by name.</param>
    byte[]? WriteNative(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) => null;

    /// <summary>How it is written as ONNX; null where it can't be.</summary>
    IOnnxForm? Onnx { get; }
}
