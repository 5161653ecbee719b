using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RedisML.Prediction;

namespace RedisML.PowerShell.Training;

/// <summary>Completes the names of the algorithms that train.</summary>
public sealed class AlgorithmCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ModelFamilies.TrainedNames.Where(name => name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(name));
}
