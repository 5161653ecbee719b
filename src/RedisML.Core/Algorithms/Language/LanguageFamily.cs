using RedisML.Errors;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;

namespace RedisML.Algorithms.Language;

/// <summary>Language models among the others: they have names, aliases and descriptions, but say nothing of rows.</summary>
sealed class LanguageFamily : IModelFamily
{
    public string Name => LanguageModel.Algorithm;

    public IOnnxForm? Onnx => null;

    public IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) =>
        throw new RedisMLException("ModelNotPredictable", ErrorKind.InvalidOperation, $"Model '{model.Name}' is a language model: it says "
            + "nothing of rows. Ask Get-RedisNextToken, New-RedisText or Measure-RedisLanguageModel.", model.Name);
}
