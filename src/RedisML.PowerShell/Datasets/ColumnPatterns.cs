using RedisML.Datasets;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

static class ColumnPatterns
{
    /// <summary>
    /// The indices of the columns that patterns with wildcards name, each once: at least one, and a name without wildcards must be there.
    /// One that is a column's own name is that column alone, but * is always all of them: [*] is the column of that name.
    /// </summary>
    /// <exception cref="RedisMLException"><c>ColumnNotFound</c></exception>
    public static int[] Matching(Dataset dataset, IEnumerable<string> patterns)
    {
        var names = dataset.Columns.Select(c => c.Name).ToList();
        int[] found = [.. patterns.SelectMany(Match).Select(name => names.IndexOf(name)).Distinct()];
        return found.Length > 0 ? found : throw NearestName.NotFound("ColumnNotFound", $"column in dataset '{dataset.Name}' that matches",
            string.Join("', '", patterns), names);

        IEnumerable<string> Match(string pattern)
        {
            if (pattern != "*" && names.Contains(pattern)) return [pattern];
            var matches = names.Matching(pattern).ToList();
            return matches.Count > 0 || NamePattern.HasWildcards(pattern) ? matches : [dataset.Column(pattern).Name];
        }
    }
}
