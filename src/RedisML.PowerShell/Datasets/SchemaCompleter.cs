using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RedisML.Columns;

namespace RedisML.PowerShell.Datasets;

/// <summary>Completes what <c>-Schema</c> takes: the names of datasets, and a hashtable to begin with for each type.</summary>
public sealed class SchemaCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        [
            .. new DatasetNameCompleter().CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters),
            .. ColumnType.Forms.Where(form => form.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
                .Select(form => new CompletionResult($"@{{ column = '{form}' }}", form, CompletionResultType.ParameterValue,
                    $"A column of the type {form}")),
        ];
}
