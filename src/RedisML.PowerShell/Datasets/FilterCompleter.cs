using System.Collections;
using RedisML.Connections;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

/// <summary>Completes the name of a column at the end of a condition.</summary>
public sealed class FilterCompleter : RedisNameCompleter
{
    protected override int StartOfName(string word)
    {
        int start = word.Length;
        while (start > 0 && (char.IsLetterOrDigit(word[start - 1]) || word[start - 1] is '_' or '.')) start--;
        return start;
    }

    protected override Task<IReadOnlyList<string>> NamesAsync(RedisMLConnection connection, IDictionary bound,
        CancellationToken cancellation) =>
        ColumnNameCompleter.ColumnsAsync(connection, bound, cancellation);
}
