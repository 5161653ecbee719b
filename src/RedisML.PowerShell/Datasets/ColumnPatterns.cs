using System.Management.Automation;
using RedisML.Datasets;

namespace RedisML.PowerShell;

static class ColumnPatterns
{
    /// <summary>The indices of the columns that patterns with wildcards name, each once; a name without wildcards must be there.</summary>
    /// <exception cref="RedisMLException"><c>ColumnNotFound</c></exception>
    public static int[] Matching(Dataset dataset, IEnumerable<string> patterns) => [.. patterns.SelectMany(pattern => Matching(dataset, pattern)).Distinct()];

    static List<int> Matching(Dataset dataset, string pattern)
    {
        var wildcard = new WildcardPattern(pattern, WildcardOptions.IgnoreCase);
        var matches = Enumerable.Range(0, dataset.Columns.Count).Where(i => wildcard.IsMatch(dataset.Columns[i].Name)).ToList();
        if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(pattern)) dataset.Column(pattern);
        return matches;
    }
}
