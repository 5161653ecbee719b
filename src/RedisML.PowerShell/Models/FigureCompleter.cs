using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RedisML.Evaluation;

namespace RedisML.PowerShell.Models;

/// <summary>Completes the figures of an evaluation: by name, or as a hashtable of one to begin with.</summary>
public sealed class FigureCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        return [.. EvaluationFigures.Names.Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Where(name => parameterName == "Figure" || EvaluationFigures.IsLowerBetter(name) == (parameterName == "Maximum"))
            .Select(name => new CompletionResult(parameterName == "Figure" ? name : $"@{{ {name} = ", name,
                CompletionResultType.ParameterValue, EvaluationFigures.IsLowerBetter(name) ? "lower is better" : "higher is better"))];
    }
}
