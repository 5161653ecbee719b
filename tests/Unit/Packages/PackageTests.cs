using System.Text.RegularExpressions;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Packages;

/// <summary>What a module's package has in it: as the build laid it, against lists that are kept.</summary>
/// <remarks>After a change that is wanted: <c>REDISML_KEEP_FILES=1</c>, run this class, and look at what git shows. A line that begins with
/// <c>?</c> is of a file that the machine that builds may lack.</remarks>
public partial class PackageTests
{
    static readonly string s_artifacts = Path.Combine(HostedEngine.ProjectRoot, "artifacts");

    static readonly string s_lists = Path.Combine(HostedEngine.ProjectRoot, "tests", "Unit", "Packages");

    public static TheoryData<string> Modules =>
        [.. Directory.GetDirectories(s_artifacts, "RedisML*").Select(f => Path.GetFileName(f)!).Order()];

    [Theory]
    [MemberData(nameof(Modules))]
    public void It_has_the_files_that_are_listed_and_no_others(string module)
    {
        var folder = Path.Combine(s_artifacts, module);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal).ToList();
        var list = Path.Combine(s_lists, $"{module}.txt");
        if (Environment.GetEnvironmentVariable("REDISML_KEEP_FILES") is not null)
            File.WriteAllLines(list, files.Select(f => f.EndsWith("libgomp.so.1", StringComparison.Ordinal) ? "?" + f : f));
        var listed = File.ReadAllLines(list);
        var optional = listed.Where(l => l[0] == '?').Select(l => l[1..]).ToHashSet();
        Assert.Equal(listed.Where(l => l[0] != '?'), files.Where(f => !optional.Contains(f)));
        Assert.DoesNotContain(files, f => f.EndsWith(".pdb", StringComparison.Ordinal));
    }

    /// <summary>What a gallery shows of it, and that extensions require the very version.</summary>
    [Theory]
    [MemberData(nameof(Modules))]
    public void Its_manifest_says_what_galleries_show(string module)
    {
        var manifest = File.ReadAllText(Path.Combine(s_artifacts, module, $"{module}.psd1"));
        foreach (var name in (string[])["Description", "Author", "Tags", "LicenseUri", "ReleaseNotes", "PowerShellVersion"])
            Assert.Matches($@"(?m)^ +{name} += \S", manifest);
        var version = Version().Match(File.ReadAllText(Path.Combine(HostedEngine.ProjectRoot, "RedisML.psd1"))).Groups[1].Value;
        Assert.Equal(version, Version().Match(manifest).Groups[1].Value);
        if (module != "RedisML") Assert.Contains($"RequiredVersion = '{version}'", manifest, StringComparison.Ordinal);
        else Assert.InRange(new DirectoryInfo(Path.Combine(s_artifacts, module)).EnumerateFiles("*", SearchOption.AllDirectories)
            .Sum(f => f.Length), 1, 25_000_000);
    }

    [GeneratedRegex(@"ModuleVersion\s+= '([^']+)'")]
    private static partial Regex Version();
}
