using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Architecture;

/// <summary>References run one way, and the module's folders hold what they should.</summary>
public sealed class AssemblyTests
{
    [Fact]
    public void Core_knows_neither_PowerShell_nor_the_embedded_server() =>
        Assert.DoesNotContain(References("lib/RedisML.Core.dll"), IsPowerShellOrServer);

    [Fact]
    public void The_embedded_server_knows_neither_Core_nor_PowerShell() =>
        Assert.DoesNotContain(References("server/RedisML.EmbeddedServer.dll"), name =>
            name.StartsWith("RedisML", StringComparison.Ordinal) || name == "System.Management.Automation");

    [Fact]
    public void The_cmdlets_reach_libraries_only_through_Core()
    {
        // In the default load context nothing but the base library, the engine, Core and Loading is to be found.
        string[] own = ["RedisML.Core", "RedisML.Loading", "System.Management.Automation"];
        var runtime = Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll").Select(Path.GetFileNameWithoutExtension);
        Assert.Empty(References("RedisML.PowerShell.dll").Except([.. own, .. runtime]));
    }

    [Fact]
    public void The_root_of_the_module_holds_no_library() =>
        Assert.Equal(["RedisML.Loading.dll", "RedisML.PowerShell.dll"],
            Directory.GetFiles(HostedEngine.ModulePath, "*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void The_manifest_exports_every_cmdlet()
    {
        using var engine = new HostedEngine();
        var exported = engine.Invoke("(Get-Module RedisML).ExportedCmdlets.Keys").OutputWithoutErrors.Select(name => name.ToString());
        var classes = engine.Invoke("""
            (Get-Module RedisML).ImplementingAssembly.GetTypes() |
                ForEach-Object { $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) } |
                ForEach-Object { "$($_.VerbName)-$($_.NounName)" }
            """).OutputWithoutErrors.Select(name => name.ToString());
        Assert.Equal(classes.Order(), exported.Order());
    }

    static bool IsPowerShellOrServer(string name) =>
        name is "System.Management.Automation" or "RedisML.PowerShell" or "RedisML.EmbeddedServer"
        || name.StartsWith("Garnet", StringComparison.Ordinal) || name.StartsWith("Tsavorite", StringComparison.Ordinal);

    static List<string> References(string path)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(HostedEngine.ModulePath, path)));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(reference => metadata.GetString(metadata.GetAssemblyReference(reference).Name))];
    }
}
