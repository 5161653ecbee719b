using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

/// <summary>Completes the names of the columns of the file that is to be imported; without one, those of the dataset.</summary>
public sealed class FileColumnCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var columns = FileColumns.Of(fakeBoundParameters);
        if (columns.Count == 0)
            return new ColumnNameCompleter().CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters);
        string word = wordToComplete.Trim('\'', '"');
        return [.. columns.Where(column => column.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(column => new CompletionResult(
                RedisNameCompleter.Quoted(column.Name), column.Name, CompletionResultType.ParameterValue, $"{column}"))];
    }
}
