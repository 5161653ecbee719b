using System.Management.Automation;
using RedisML.Errors;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsData.Export, "RedisModel", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Export-RedisModel.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportRedisModelCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public string Path { get; set; } = "";

    [Parameter]
    public ModelFormat? Format { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public long? Version { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        var path = ResolvePath(Path);
        var format = Format ?? ModelExport.FormatOf(path);
        if (format is null)
            Fail(new("UnknownModelFormat", ErrorKind.InvalidArgument,
                $"'{Path}' doesn't end in {string.Join(", ", ModelExport.WithExtension.Select(ModelExport.ExtensionOf))}: " +
                "give -Format.", Path));
        if (!ShouldProcess(path, $"Export model '{Name}' as {format}")) return;
        Run(async (connection, cancellation) =>
        {
            var models = new ModelStore(connection);
            var model = await models.GetAsync(ModelReference.Parse(Name, Version), cancellation).ConfigureAwait(false);
            await ModelExport.WriteAsync(models, model, format!.Value, path, Force, cancellation).ConfigureAwait(false);
            // From the provider it has the properties that the shell shows a file by.
            Post(() => WriteObjects(InvokeProvider.Item.Get([path], force: true, literalPath: true)));
        });
    }
}
