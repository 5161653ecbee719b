using System.Management.Automation;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>Names as users give them: with wildcards they choose among those that are there, without they stand for themselves.</summary>
static class NamePattern
{
    public static bool HasWildcards(string name) => WildcardPattern.ContainsWildcardCharacters(name);

    /// <summary>The names that a pattern matches, upper and lower case alike.</summary>
    public static IEnumerable<string> Matching(this IEnumerable<string> names, string pattern) =>
        names.Where(new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch);

    /// <summary>Tells whether a name matches one of the patterns.</summary>
    public static Func<string, bool> AnyOf(IEnumerable<string> patterns)
    {
        var wildcards = patterns.Select(pattern => new WildcardPattern(pattern, WildcardOptions.IgnoreCase)).ToArray();
        return name => wildcards.Any(wildcard => wildcard.IsMatch(name));
    }
}
