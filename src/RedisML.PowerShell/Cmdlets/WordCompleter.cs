using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>Completes an argument with words that are known without a server.</summary>
/// <param name="words">The words as they are written in a command, quotes and all.</param>
public abstract class WordCompleter(IEnumerable<string> words) : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string start = wordToComplete.Trim('\'', '"');
        return [.. words.Where(word => word.TrimStart('\'', '"').StartsWith(start, StringComparison.OrdinalIgnoreCase))
            .Select(word => new CompletionResult(word))];
    }
}
