using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Training.Scripts;

/// <summary>Training code of the user's, which workers run on their own threads.</summary>
public interface ITrainingScript
{
    /// <summary>Runs on the calling worker's thread.</summary>
    /// <param name="batch">Valid until the call returns.</param>
    /// <param name="parameters">The parameters by their names, each a number or an array in C order; they must not be changed.</param>
    /// <exception cref="RedisMLException"><c>ScriptFailed</c>, <c>ScriptResultInvalid</c>.</exception>
    ScriptOutcome Run(TrainingBatch batch, IReadOnlyDictionary<string, object> parameters, ScriptStep step);
}

/// <summary>What a script makes of a batch.</summary>
/// <param name="Loss">The sum of the rows' losses; null where it didn't tell.</param>
/// <param name="Values">By the name of the parameter: the sum of the rows' gradients, or trained parameters.</param>
public readonly record struct ScriptOutcome(double? Loss, IReadOnlyDictionary<string, double[]> Values);

/// <summary>Where in a training a script is called.</summary>
/// <param name="Step">How many evaluations there were so far.</param>
/// <param name="Epoch">Passes, or iterations of L-BFGS, so far.</param>
/// <param name="IsValidation">Whether the rows are those of the validation dataset, of which the loss alone counts.</param>
public readonly record struct ScriptStep(int Step, int Epoch, bool IsValidation);

/// <summary>What becomes of the results of a script's batches.</summary>
public enum ScriptReduction
{
    /// <summary>They are gradients, which are added up and taken to the optimizer.</summary>
    Sum,

    /// <summary>They are trained parameters, which are averaged, by the rows' weight.</summary>
    Average,
}

/// <summary>A parameter's first values, in C order.</summary>
public sealed record InitialParameter(ParameterShape Parameter, double[] Values);
