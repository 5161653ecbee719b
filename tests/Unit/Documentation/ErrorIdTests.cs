using System.Text.RegularExpressions;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Documentation;

/// <summary>The topic of errors is complete: every id with its cause and its remedy, and none that nobody throws.</summary>
public sealed partial class ErrorIdTests
{
    static readonly List<string> s_sources =
    [
        .. Directory.EnumerateFiles(Path.Combine(HostedEngine.ProjectRoot, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText),
    ];

    /// <summary>The cells of each row: id, category, cause, remedy.</summary>
    static readonly List<string[]> s_rows =
    [
        .. File.ReadLines(Path.Combine(HostedEngine.ProjectRoot, "docs", "about_RedisML_Errors.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]),
    ];

    static readonly string s_help = Path.Combine(HostedEngine.ProjectRoot, "docs", "help");

    [Fact]
    public void Every_id_is_in_the_topic_once_with_the_categories_that_it_has()
    {
        var thrown = s_sources.SelectMany(text => Thrown().Matches(text)).Select(match => match.Groups["id"].Value).ToHashSet();
        Assert.Equal(thrown.Order(StringComparer.Ordinal), s_rows.Select(IdOf).Order(StringComparer.Ordinal));

        var kinds = s_sources.SelectMany(text => Kind().Matches(text))
            .ToLookup(match => match.Groups[1].Value, match => match.Groups[2].Value);
        Assert.All(s_rows.Where(row => kinds.Contains(IdOf(row))), row =>
            Assert.Subset(row[1].Split(", ").ToHashSet(), kinds[IdOf(row)].ToHashSet()));
    }

    [Fact]
    public void Every_id_has_a_cause_and_a_remedy() => Assert.All(s_rows, row =>
    {
        Assert.Equal(4, row.Length);
        Assert.All(row[2..], cell => Assert.Matches(Sentence(), cell));
    });

    /// <summary>A remedy that names what there isn't helps nobody.</summary>
    [Fact]
    public void Cells_name_cmdlets_and_parameters_that_there_are()
    {
        var parameters = Directory.EnumerateFiles(s_help, "*.md").SelectMany(File.ReadLines)
            .Where(line => line.StartsWith("## -", StringComparison.Ordinal)).Select(line => line[3..]).ToHashSet();
        var cells = s_rows.SelectMany(row => row[2..]).ToList();
        var cmdlets = cells.SelectMany(cell => Cmdlet().Matches(cell)).Select(match => match.Value).Distinct().ToList();
        Assert.NotEmpty(cmdlets);
        Assert.All(cmdlets, name => Assert.True(File.Exists(Path.Combine(s_help, $"{name}.md")), name));
        Assert.Subset(parameters, cells.SelectMany(cell => Parameter().Matches(cell)).Select(match => match.Value).ToHashSet());
    }

    static string IdOf(string[] row) => row[0].Trim('`');

    /// <summary>The ways in which an error is made: with its kind, by a helper that knows it, by the script that ends a run.</summary>
    [GeneratedRegex("""(?:NotFound\(\s*|Invalid\(\s*|errorId: )"(?<id>[A-Z]\w+)"|"(?<id>[A-Z]\w+)",\s*ErrorKind\.""")]
    private static partial Regex Thrown();

    [GeneratedRegex(@"""([A-Z]\w+)"",\s*ErrorKind\.(\w+)")]
    private static partial Regex Kind();

    [GeneratedRegex(@"^[A-Z`]\S*( \S+)+\.$")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"[A-Z][a-z]+-Redis\w+")]
    private static partial Regex Cmdlet();

    [GeneratedRegex(@"(?<=[` ])-[A-Z]\w+")]
    private static partial Regex Parameter();
}
