using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Host;

/// <summary>The built module in the Host, where it loads as it does in PowerShell.</summary>
public sealed class ModuleTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_loads_by_itself_with_libraries_and_server_in_load_contexts_of_their_own()
    {
        var script = _folder.Write("contexts.ps1", """
            $null = Connect-RedisML -Embedded
            foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
                $names = $context.Assemblies | ForEach-Object { $_.GetName().Name }
                foreach ($name in 'RedisML.PowerShell', 'RedisML.Loading', 'RedisML.Core', 'StackExchange.Redis', 'Garnet.server') {
                    if ($name -in $names) { "$name in $($context.Name)" }
                }
            }
            (Get-Module RedisML).ModuleBase
            (Get-Help Connect-RedisML).Synopsis
            ((Get-Help Connect-RedisML -Parameter Embedded).Description.Text -split '\n')[0]
            @((Get-Help Connect-RedisML).Examples.Example).Count -ge 2
            (Get-Help about_RedisML) -match '^TOPIC'
            (Get-Help about_RedisML_Expressions) -match '^TOPIC'
            (Get-Help about_RedisML_Errors) -match '(?m)^    DatasetExists\s*$\s*category: ResourceExists'
            """);
        // One of the same name elsewhere doesn't stand before it.
        _folder.Write(Path.Combine("others", "RedisML", "RedisML.psd1"), "@{ ModuleVersion = '99.0' }");
        using var host = new HostProcess($"& '{script}'", variables: new Dictionary<string,
            string?>
        { ["PSModulePath"] = Path.Combine(_folder.Path, "others") });
        var result = await host.EndAsync();
        Assert.Equal(("", 0), (result.Error, result.ExitCode));
        var lines = result.Output.Split('\n');
        Assert.Equal(
            ["Garnet.server in RedisML.Server", "RedisML.Core in RedisML", "RedisML.Loading in Default", "RedisML.PowerShell in Default",
                "StackExchange.Redis in RedisML"],
            lines[..5].Order());
        Assert.EndsWith(Path.Combine("Modules", "RedisML"), lines[5]);
        Assert.StartsWith("Connects to a Redis server", lines[6]);
        Assert.StartsWith("Starts a server within this process", lines[7]);
        Assert.Equal(["True", "True", "True", "True", ""], lines[8..]);
    }

    [Fact]
    public async Task Using_module_and_removing_and_importing_again_work()
    {
        var script = _folder.Write("again.ps1", """
            using module RedisML
            Remove-Module RedisML
            Import-Module RedisML -Force
            @(Get-RedisMLServer).Count
            1..2 | ForEach-Object -Parallel { (Get-Command Import-RedisTrainingData).Name }
            """);
        var result = await HostProcess.RunAsync(script);
        Assert.Equal(("0\nImport-RedisTrainingData\nImport-RedisTrainingData\n", "", 0), (result.Output, result.Error, result.ExitCode));
    }
}
