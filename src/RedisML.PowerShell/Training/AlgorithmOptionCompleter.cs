using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RedisML.Prediction;
using RedisML.Training;

namespace RedisML.PowerShell.Training;

/// <summary>Completes a hashtable of the options that the command line's algorithm has.</summary>
public sealed class AlgorithmOptionCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var name = fakeBoundParameters["Algorithm"]?.ToString() ?? "";
        if (!ModelFamilies.Names.Contains(name, StringComparer.OrdinalIgnoreCase) || ModelFamilies.Get(name) is not IAlgorithm algorithm)
            return [];
        return algorithm.Options.Select(option => new CompletionResult(
            $"@{{ {option.Name} = ", option.Name, CompletionResultType.ParameterValue, option.Description));
    }
}
