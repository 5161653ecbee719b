using System.Text.RegularExpressions;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Documentation;

/// <summary>The catalogue of error ids is complete, and lists none that nobody throws.</summary>
public sealed partial class ErrorIdTests
{
    [Fact]
    public void Every_id_is_in_the_catalogue_once_with_the_categories_that_it_has()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(HostedEngine.ProjectRoot, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText).ToList();
        var thrown = sources.SelectMany(text => Thrown().Matches(text)).Select(match => match.Groups["id"].Value).ToHashSet();
        var rows = Row().Matches(File.ReadAllText(Path.Combine(HostedEngine.ProjectRoot, "docs", "error-ids.md"))).ToList();
        Assert.Equal(thrown.Order(StringComparer.Ordinal), rows.Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal));

        var kinds = sources.SelectMany(text => Kind().Matches(text))
            .ToLookup(match => match.Groups[1].Value, match => match.Groups[2].Value);
        Assert.All(rows.Where(row => kinds.Contains(row.Groups[1].Value)), row =>
            Assert.Subset(row.Groups[2].Value.Split(", ").ToHashSet(), kinds[row.Groups[1].Value].ToHashSet()));
    }

    /// <summary>The ways in which an error is made: with its kind, by a helper that knows it, by the script that ends a run.</summary>
    [GeneratedRegex("""(?:NotFound\(\s*|Invalid\(\s*|errorId: )"(?<id>[A-Z]\w+)"|"(?<id>[A-Z]\w+)",\s*ErrorKind\.""")]
    private static partial Regex Thrown();

    [GeneratedRegex(@"""([A-Z]\w+)"",\s*ErrorKind\.(\w+)")]
    private static partial Regex Kind();

    [GeneratedRegex(@"^\| `(\w+)` \| ([\w, ]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
