using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace RedisML.PowerShell;

/// <summary>Completes the one word that <c>-ClassWeight</c> takes beside a hashtable.</summary>
public sealed class ClassWeightCompleter : IArgumentCompleter
{
    const string Word = "Balanced";

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Word.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase) ? [new CompletionResult(Word)] : [];
}
