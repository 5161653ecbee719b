using System.IO.Compression;
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
        var runtime = Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll")
            .Select(Path.GetFileNameWithoutExtension);
        Assert.Empty(References("RedisML.PowerShell.dll").Except([.. own, .. runtime]));
    }

    [Fact]
    public void The_root_of_the_module_holds_no_library() =>
        Assert.Equal(["RedisML.Loading.dll", "RedisML.PowerShell.dll"],
            Directory.GetFiles(HostedEngine.ModulePath, "*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    /// <remarks>What needs natives for many platforms is an extension. The embedded server has small ones.</remarks>
    [Fact]
    public void The_module_takes_at_most_25_MB_installed_and_10_MB_packed()
    {
        var files = new DirectoryInfo(HostedEngine.ModulePath).GetFiles("*", SearchOption.AllDirectories);
        Assert.InRange(files.Sum(file => file.Length), 5_000_000, 25_000_000);
        using var package = new MemoryStream();
        ZipFile.CreateFromDirectory(HostedEngine.ModulePath, package);
        Assert.InRange(package.Length, 1_000_000, 10_000_000);
    }

    [Fact]
    public void An_extension_brings_nothing_that_Core_has()
    {
        string lib = "lib", parquet = HostedEngine.ModulePath + ".Parquet";
        var libraries = Directory.GetFiles(Path.Combine(parquet, lib), "*.dll").Select(Path.GetFileName).ToList();
        Assert.Equal(["ParquetSharp.dll", "RedisML.Parquet.dll"], libraries.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(libraries, name => File.Exists(Path.Combine(HostedEngine.ModulePath, lib, name!)));
        Assert.Empty(Directory.GetFiles(Path.Combine(HostedEngine.ModulePath, lib), "ParquetSharp*", SearchOption.AllDirectories));
    }

    /// <remarks>The package has libraries for telephones and for linkers too, 115 MB.</remarks>
    [Fact]
    public void The_extension_for_ONNX_holds_its_libraries_for_five_platforms_and_no_more()
    {
        var lib = HostedEngine.ModulePath + ".OnnxRuntime/lib";
        Assert.Equal(
        [
            "Microsoft.ML.OnnxRuntime.dll", "RedisML.OnnxRuntime.deps.json", "RedisML.OnnxRuntime.dll",
            "runtimes/linux-arm64/native/libonnxruntime.so", "runtimes/linux-x64/native/libonnxruntime.so",
            "runtimes/osx-arm64/native/libonnxruntime.dylib", "runtimes/win-arm64/native/onnxruntime.dll",
            "runtimes/win-x64/native/onnxruntime.dll",
        ], Directory.GetFiles(lib, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(lib, path).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(HostedEngine.ModulePath, "*onnxruntime*", SearchOption.AllDirectories));
    }

    /// <remarks>By the manifests: the one asks for exactly the other.</remarks>
    [Theory]
    [InlineData("Parquet")]
    [InlineData("OnnxRuntime")]
    public void An_extension_has_the_version_of_the_module_and_requires_it(string name)
    {
        using var engine = new HostedEngine();
        var versions = engine.Invoke("""
            param($module, $name)
            $own, $extension = "$module/RedisML.psd1", "$module.$name/RedisML.$name.psd1" |
                ForEach-Object { & ([scriptblock]::Create([System.IO.File]::ReadAllText($_))) }
            $own.ModuleVersion
            $extension.ModuleVersion
            $extension.RequiredModules.RequiredVersion
            """, new Dictionary<string, object> { ["module"] = HostedEngine.ModulePath, ["name"] = name }).OutputWithoutErrors
            .Select(v => v.ToString());
        Assert.Single(versions.Distinct());
    }

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
