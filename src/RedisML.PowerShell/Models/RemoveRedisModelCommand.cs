using System.Management.Automation;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Remove, "RedisModel", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Remove-RedisModel.md")]
public sealed class RemoveRedisModelCommand : ModelCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    // Not from the pipeline: a model that comes there goes with all its versions.
    [Parameter]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public long? Version { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            ModelReference reference = new("");
            IReadOnlyList<Model> models = [];
            Run(async (connection, cancellation) =>
            {
                reference = ModelReference.Parse(name, Version);
                models = await FindAsync(new(connection), [name], Version, cancellation).ConfigureAwait(false);
            });
            foreach (var model in models) Remove(model, isVersion: reference != new ModelReference(reference.Name));
        }
    }

    void Remove(Model model, bool isVersion)
    {
        string target = isVersion ? $"{model.Name}{ModelReference.Separator}{model.Version}" : model.Name;
        if (!ShouldProcess(target, isVersion ? "Remove version of model" : "Remove model")) return;
        Run(async (connection, cancellation) =>
        {
            var models = new ModelStore(connection);
            if (isVersion) await models.RemoveVersionAsync(model.Name, model.Version, Force, Caller, cancellation).ConfigureAwait(false);
            else await models.RemoveAsync(model.Name, cancellation, Force).ConfigureAwait(false);
        });
    }
}
