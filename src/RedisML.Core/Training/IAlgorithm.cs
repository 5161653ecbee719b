using System.Text.Json;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Runs;

namespace RedisML.Training;

/// <summary>A family of models that can be trained.</summary>
public interface IAlgorithm : IModelFamily
{
    bool IModelFamily.IsTrained => true;

    /// <summary>What it predicts; null where the label decides: a class where it is text or named as a category, else a number.</summary>
    ModelTask? Task { get; }

    /// <summary>The same where options of the algorithm's own may say it.</summary>
    ModelTask? TaskOf(TrainingSpecification specification) => Task;

    /// <summary>What a training is told where its user says nothing.</summary>
    TrainingDefaults Defaults => new();

    /// <summary>The same where options of the algorithm's own may say it.</summary>
    /// <exception cref="Errors.RedisMLException"><c>OptionNotFound</c>; <c>OptionInvalid</c>.</exception>
    TrainingDefaults DefaultsWith(IReadOnlyDictionary<string, JsonElement> options) => Defaults;

    /// <summary>What it can be told besides what every training is told.</summary>
    IReadOnlyList<AlgorithmOption> Options { get; }

    /// <summary>The specification with what the algorithm settles itself, such as its features where options name them.</summary>
    /// <exception cref="Errors.RedisMLException">What it is told doesn't go together with that.</exception>
    TrainingSpecification Complete(TrainingSpecification specification) => specification;

    /// <summary>Finds what is wrong before any row is read.</summary>
    /// <exception cref="Errors.RedisMLException">Options that don't go together, or don't fit.</exception>
    void Check(TrainingSpecification specification);

    /// <summary>The program that trains it, for one node.</summary>
    IRunProgram<TrainingResult> Train(TrainingContext context);
}
