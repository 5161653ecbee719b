using System.Globalization;
using System.Text.RegularExpressions;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Documentation;

/// <summary>What the README shows is what happens.</summary>
public partial class ReadmeTests
{
    static readonly string s_readme = File.ReadAllText(Path.Combine(HostedEngine.ProjectRoot, "README.md"));

    [Fact]
    public void Its_PowerShell_runs()
    {
        using var folder = new TemporaryFolder();
        using var engine = new HostedEngine();
        var blocks = PowerShellBlock().Matches(s_readme).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(6, blocks.Count);
        // The engine alone has no cmdlets that format.
        var script = ("filter Format-List { $_ }\n" + string.Join('\n', blocks))
            .Replace("Connect-RedisML -Embedded ", $"Connect-RedisML -Embedded -Prefix {TestPrefix.New()} ")
            .Replace("./samples", Path.Combine(HostedEngine.ProjectRoot, "samples"))
            .Replace("./price.onnx", Path.Combine(folder.Path, "price.onnx"));
        var output = engine.Invoke(script).OutputWithoutErrors;
        Assert.Contains(output, o => o.Properties["R2"]?.Value is > 0.91);
        Assert.Contains(output, o => o.Properties["Token"]?.Value is "to");
        Assert.True(File.Exists(Path.Combine(folder.Path, "price.onnx")));
    }

    [Fact]
    public async Task The_quickstart_prints_what_it_shows()
    {
        using var tree = new UntouchedTree();
        using var folder = new TemporaryFolder();
        var command = RunCommand().Match(s_readme);
        using var host = HostProcess.Start([Path.Combine(HostedEngine.ProjectRoot, command.Groups[1].Value)], folder.Path);
        var (exitCode, output, errors) = await host.EndAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        // Nothing is left behind where somebody tries it.
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        var shown = ShownOutput().Match(s_readme).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l != "…");
        Assert.All(shown, line => Assert.Contains(line, output));
        Assert.InRange(double.Parse(R2().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), 0.91, 1);
    }

    [GeneratedRegex(@"```powershell\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex PowerShellBlock();

    [GeneratedRegex(@"```\ndotnet run --project src/RedisML\.Host -- (\S+)\n```")]
    private static partial Regex RunCommand();

    [GeneratedRegex(@"```\n(1\. Import.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShownOutput();

    [GeneratedRegex(@"R2 on \d+ unseen diamonds: ([\d.]+)")]
    private static partial Regex R2();
}
