using RedisML.Extensions;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Extensions;

/// <summary>Where the loader finds an installed module, as PowerShell would.</summary>
public sealed class ExtensionFoldersTests : IDisposable
{
    const string Module = "RedisML.Some";

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "RedisML.Some")]
    [InlineData("0.1.0 0.2.0", "RedisML.Some/0.1.0")]
    [InlineData("0.0.9 0.9.0 0.10.0", "RedisML.Some/0.10.0")]
    [InlineData("0.2.0 old", "RedisML.Some/0.2.0")]
    public void Of_several_versions_it_is_that_of_Core_and_else_the_highest(string versions, string found)
    {
        foreach (var version in versions.Split(' ')) Lay("", version);
        Assert.Equal(Path.Combine(_folder.Path, found), ExtensionFolders.Find(Module, new(0, 1, 0), [_folder.Path]));
    }

    [Fact]
    public void The_first_folder_that_has_it_wins_and_one_without_manifest_has_not()
    {
        Lay("second", "");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "first", Module, "lib"));
        string[] roots = [.. ((string[])["missing", "first", "second"]).Select(root => Path.Combine(_folder.Path, root))];
        Assert.Equal(Path.Combine(roots[2], Module), ExtensionFolders.Find(Module, null, roots));
        Assert.Null(ExtensionFolders.Find(Module, null, roots[..2]));
    }

    [Theory]
    [InlineData("modules/RedisML/lib", "modules")]
    [InlineData("modules/RedisML/0.1.0/lib", "modules")]
    [InlineData("program/bin", null)]
    public void Core_in_a_module_is_beside_other_modules(string core, string? modules) => Assert.Equal(
        modules is null ? null : Path.Combine(_folder.Path, modules), ExtensionFolders.ModulesOf(Path.Combine(_folder.Path, core)));

    void Lay(string root, string version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, root, Module, version));
        File.WriteAllText(Path.Combine(folder.FullName, Module + ".psd1"), "@{}");
    }
}
