using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RedisML.Columns;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

/// <summary>Completes what <c>-Schema</c> takes: of a file each column with the type that it would get, and all of them; the names of
/// datasets; and a hashtable to begin with for each type.</summary>
public sealed class SchemaCompleter : IArgumentCompleter
{
    /// <summary>More columns at once make no command that one reads.</summary>
    const int MostColumns = 50;

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var columns = FileColumns.Of(fakeBoundParameters);
        string word = wordToComplete.Trim('\'', '"');
        return
        [
            .. columns.Where(column => column.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Select(column => Table([column])),
            .. columns.Count is > 1 and <= MostColumns && word == "" ? [Table(columns)] : Array.Empty<CompletionResult>(),
            .. new DatasetNameCompleter().CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters),
            .. ColumnType.Forms.Where(form => form.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .Select(form => new CompletionResult($"@{{ {(columns is [var first, ..] ? KeyOf(first) : "column")} = '{form}' }}", form,
                    CompletionResultType.ParameterValue, $"A column of the type {form}")),
        ];
    }

    static CompletionResult Table(IReadOnlyList<ColumnSchema> columns) => new(
        $"@{{ {string.Join("; ", columns.Select(column => $"{KeyOf(column)} = '{column.Type}'"))} }}",
        columns is [var only] ? only.Name : $"all {columns.Count} columns", CompletionResultType.ParameterValue,
        string.Join(", ", columns));

    static string KeyOf(ColumnSchema column) =>
        column.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(column.Name[0])
            ? column.Name : RedisNameCompleter.Quoted(column.Name) is ['\'', ..] and var quoted ? quoted : $"'{column.Name}'";
}
