using System.Management.Automation;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsData.Import, "RedisModel", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Import-RedisModel.md")]
[OutputType(typeof(Model))]
public sealed class ImportRedisModelCommand : ModelCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    public string Path { get; set; } = "";

    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ModelFileFormatCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Format { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Label { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Feature { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Class { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Output { get; set; }

    [Parameter]
    public SwitchParameter Logit { get; set; }

    protected override void ProcessRecord()
    {
        var path = ResolvePath(Path);
        if (!ShouldProcess(Name ?? System.IO.Path.GetFileNameWithoutExtension(path), $"Import model from '{path}'")) return;
        var options = new ModelImportOptions { Label = Label, Features = Feature, Classes = Class, Output = Output, Logit = Logit };
        Run(async (connection, cancellation) =>
        {
            var imported = await ModelImport.ReadAsync(path, Format, options, cancellation).ConfigureAwait(false);
            var name = Name ?? imported.Name ?? System.IO.Path.GetFileNameWithoutExtension(path);
            PostObject(await new ModelStore(connection).ImportAsync(name, imported.Definition, imported.Parameters, cancellation)
                .ConfigureAwait(false));
        });
    }
}
