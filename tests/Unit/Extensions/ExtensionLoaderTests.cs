using RedisML.Errors;
using RedisML.Extensions;
using RedisML.Formats;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Extensions;

/// <summary>Extensions load when they are first asked for, and their absence is an error that names the command.</summary>
public sealed class ExtensionLoaderTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_not_installed_is_an_error_that_names_the_module_and_the_command()
    {
        var error = Assert.Throws<RedisMLException>(() => ExtensionLoader.Load("RedisML.Missing", "'a.x' is an X file", "a.x"));
        Assert.Equal(("ExtensionNotInstalled", ErrorKind.ResourceUnavailable, "a.x"), (error.ErrorId, error.Kind, error.Target));
        Assert.StartsWith("'a.x' is an X file", error.Message);
        Assert.EndsWith("Install-PSResource RedisML.Missing", error.Message);
    }

    [Fact]
    public void An_assembly_that_is_no_extension_is_an_error_that_names_the_module()
    {
        var error = Assert.Throws<RedisMLException>(() => ExtensionLoader.Load("RedisML.Core", "'a.x' is an X file", "a.x"));
        Assert.Equal(("ExtensionNotLoaded", "a.x"), (error.ErrorId, error.Target));
        Assert.Contains("RedisML.Core", error.Message);
    }

    [Fact]
    public void A_program_that_refers_to_an_extension_has_its_format() =>
        Assert.Equal("Parquet", FileFormats.Recognize("PAR1 and more"u8, "a")?.Name);

    /// <summary>In the Host, as it is in PowerShell, with a copy of the module that has no extension beside it.</summary>
    [Fact]
    public async Task Parquet_is_missed_first_and_found_once_it_is_installed_and_shares_Arrow_with_Core()
    {
        Copy("RedisML", "alone/RedisML");
        Copy("RedisML.Parquet", "installed/RedisML.Parquet/0.1.0");
        var script = """
            param($folder)
            $env:PSModulePath = "$folder/nothing"
            Import-Module "$folder/alone/RedisML"
            $null = Connect-RedisML -Embedded
            $null = 1..3 | ForEach-Object { [pscustomobject]@{ n = $_; text = "t$_" } } | Import-RedisTrainingData -Dataset a
            [System.IO.File]::WriteAllText("$folder/foreign", 'PAR1PAR1')
            [System.IO.File]::WriteAllText("$folder/x.onnx", 'x')
            $failed = foreach ($command in {
                    Export-RedisTrainingData a "$folder/a.parquet"
                }, {
                    Export-RedisTrainingData a "$folder/a.dat" -Format Parquet
                }, {
                    Import-RedisTrainingData "$folder/foreign" -Dataset b
                }, {
                    Import-RedisModel "$folder/x.onnx"
                }) {
                try { & $command } catch { $_ }
            }
            foreach ($one in $failed) {
                $id, $target = ($one.FullyQualifiedErrorId -split ',')[0], [System.IO.Path]::GetFileName($one.TargetObject)
                "$id $($one.CategoryInfo.Category) $target"
            }
            "$($failed[0])" -match 'Install-PSResource RedisML\.Parquet$'
            "$($failed[3])" -match 'Install-PSResource RedisML\.OnnxRuntime$'
            [System.IO.File]::Delete("$folder/x.onnx")
            @([System.IO.Directory]::GetFiles($folder)) -replace '.*[/\\]'
            $env:PSModulePath = "$folder/installed"
            (Export-RedisTrainingData a "$folder/a.parquet").Format
            (Import-RedisTrainingData "$folder/a.parquet" -Dataset b).RowsWritten
            (Get-RedisTrainingData b).text -join ' '
            foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
                $names = @($context.Assemblies | ForEach-Object { $_.GetName().Name })
                $names -match '^(Apache\.Arrow|RedisML\.(Core|Parquet)|ParquetSharp)$' | ForEach-Object { "$_ in $($context.Name)" }
            }
            """;
        using var process = new HostProcess(script, [_folder.Path]);
        var result = await process.EndAsync();
        Assert.Equal(("", 0), (result.Error, result.ExitCode));
        var lines = result.Output.TrimEnd().Split('\n');
        const string missed = "ExtensionNotInstalled ResourceUnavailable";
        Assert.Equal(
            [$"{missed} a.parquet", $"{missed} a.dat", $"{missed} foreign", $"{missed} x.onnx", "True", "True", "foreign", "Parquet",
                "3", "t1 t2 t3"], lines[..10]);
        Assert.Equal(
            ["Apache.Arrow in RedisML", "ParquetSharp in RedisML.Parquet", "RedisML.Core in RedisML", "RedisML.Parquet in RedisML.Parquet"],
            lines[10..].Order(StringComparer.Ordinal));
    }

    void Copy(string module, string target)
    {
        var source = Path.Combine(Path.GetDirectoryName(HostedEngine.ModulePath)!, module);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder.Path, target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
