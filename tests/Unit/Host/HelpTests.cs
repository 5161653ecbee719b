using System.IO.Compression;
using System.Xml.Linq;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Host;

/// <summary>The help's builder, and the examples in it.</summary>
public sealed class HelpTests : IDisposable
{
    static readonly string s_help = Path.Combine(HostedEngine.ProjectRoot, "docs", "help");

    static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";

    static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_build_fails_at_each_place_where_help_and_cmdlets_differ()
    {
        foreach (var file in Directory.GetFiles(s_help, "*", SearchOption.AllDirectories)) Copy(file, Path.GetRelativePath(s_help, file));
        Change("Get-RedisMLServer.md", text => text.Replace("## -Port", "## -Harbour").Replace("## Outputs", "## Results"));
        Change("Test-RedisMLConnection.md", text => text.Replace("```powershell", "```"));
        File.Move(Path.Combine(_folder.Path, "Connect-RedisML.md"), Path.Combine(_folder.Path, "Connect-RedisNothing.md"));
        Change("Connect-RedisNothing.md", text => text.Replace("# Connect-RedisML", "# Connect-RedisNothing"));

        var result = await HostProcess.RunAsync(Path.Combine(_folder.Path, "build.ps1"), HostedEngine.ModulePath,
            Path.Combine(_folder.Path, "en-US"));

        Assert.Equal(1, result.ExitCode);
        string[] expected =
        [
            "Connect-RedisML.md : error : Connect-RedisML has no help",
            "Connect-RedisNothing.md : error : the module exports no cmdlet 'Connect-RedisNothing', which the heading names",
            "Get-RedisMLServer.md : error : '## Results' isn't a section that help has",
            "Get-RedisMLServer.md : error : -Port has no text, a section '## -Port'",
            "Get-RedisMLServer.md : error : the cmdlet has no -Harbour",
            "Get-RedisMLServer.md : error : the cmdlet returns something, and there is no section '## Outputs'",
            "Test-RedisMLConnection.md : error : example 'Fail a job if the server is slow' has no code, fenced as powershell",
            "Test-RedisMLConnection.md : error : example 'How fast does the server answer?' has no code, fenced as powershell",
        ];
        Assert.Equal(expected, result.Error.TrimEnd().Split('\n').Select(line => Path.GetFileName(line)).Order(StringComparer.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "en-US")));
    }

    /// <summary>Tables and blocks of code are lines of their own: Get-Help shows a paragraph as it is.</summary>
    [Fact]
    public void What_Get_Help_shows_has_no_Markdown_left()
    {
        var paragraphs = Help().Descendants(s_maml + "para").Select(p => p.Value).ToList();

        Assert.Contains("- Read: list, read, measure and export datasets; get and test models; look at runs", paragraphs);
        Assert.Contains("    param($Batch, $Parameter, $Context)", paragraphs);
        Assert.DoesNotContain(paragraphs, p => p.StartsWith('|') || p.Contains('`') || p.Contains("**"));
    }

    [Theory]
    [InlineData("Publish-RedisModel", "Rollback", "Group: What. Goes with -Alias.")]
    [InlineData("Publish-RedisModel", "Alias", "Group: What. Not with -RemoveAlias.")]
    [InlineData("Publish-RedisModel", "Description", "Group: How. Not with -Rollback or -RemoveAlias.")]
    [InlineData("Get-RedisRecommendation", "ItemColumn", "Group: What. Goes with -Filter and -Dataset.")]
    [InlineData("Split-RedisDataset", "PartName", "Group: How. Goes with -Fraction or -Filter or -LastOf.")]
    [InlineData("Get-RedisDataset", "Name", "Group: What.")]
    public void A_parameter_says_what_it_goes_with(string cmdlet, string parameter, string expected)
    {
        var own = Help().Elements(s_command + "command").Single(c => c.Descendants(s_command + "name").First().Value == cmdlet);
        var described = own.Element(s_command + "parameters")!.Elements().Single(p => p.Element(s_maml + "name")!.Value == parameter);

        Assert.Equal(expected, described.Element(s_maml + "description")!.Elements().Last().Value);
    }

    [Fact]
    public async Task Every_example_runs()
    {
        _folder.WriteGzip("diamonds.csv.gz", EveryTenthDiamond());
        var script = _folder.Write("examples.ps1", $$"""
            . '{{s_help}}/builder/markdown.ps1'
            function Get-Version {
                Get-RedisDataset diamonds, diamonds-train, diamonds-test -ErrorAction Ignore | ForEach-Object Version
                Get-RedisModel price -ErrorAction Ignore | ForEach-Object Version
            }
            # What docs/help/README.md promises to each cmdlet's examples, where those before changed it.
            function Restore {
                $null = Connect-RedisML -Embedded
                if ($script:restored -and "$(Get-Version)" -eq $script:restored) { return }
                $null = Import-RedisTrainingData diamonds.csv.gz -Label price -WarningAction Ignore
                $null = Split-RedisDataset diamonds -Seed 42 -Force
                $null = Start-RedisDistributedTraining diamonds-train price -Algorithm Linear -Wait
                $script:restored = "$(Get-Version)"
            }
            foreach ($file in [System.IO.Directory]::GetFiles('{{s_help}}', '*-*.md')) {
                $text = Read-HelpText $file
                Restore
                foreach ($example in $text.Examples | Where-Object Runs) {
                    try { & { $ErrorActionPreference = 'Stop'; $WarningPreference = 'Ignore'; $null = & ([scriptblock]::Create($example.Code)) } }
                    catch { "$($text.Name), $($example.Title): $_" }
                }
            }
            'all run'
            """);
        using var host = HostProcess.Start([script], _folder.Path);
        var result = await host.EndAsync();
        var lines = result.Output.TrimEnd().Split('\n').Where(line => !line.StartsWith("What if: ", StringComparison.Ordinal));
        Assert.Equal(["all run"], lines);
        Assert.Equal(("", 0), (result.Error, result.ExitCode));
    }

    static XElement Help() => XElement.Load(
        Path.Combine(HostedEngine.ModulePath, "en-US", "RedisML.PowerShell.dll-Help.xml"));

    /// <summary>The sample with a tenth of its rows: the examples train much.</summary>
    static string EveryTenthDiamond()
    {
        using var file = File.OpenRead(Path.Combine(HostedEngine.ProjectRoot, "samples", "data", "diamonds.csv.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(lines.Where((_, i) => i % 10 == 0).Select(line => line + "\n"));
    }

    void Copy(string file, string name)
    {
        var target = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target);
    }

    void Change(string name, Func<string, string> change)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, change(File.ReadAllText(path)));
    }
}
