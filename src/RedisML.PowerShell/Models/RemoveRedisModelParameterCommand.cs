using System.Management.Automation;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Remove, "RedisModelParameter", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Remove-RedisModelParameter.md")]
public sealed class RemoveRedisModelParameterCommand : ModelCmdlet
{
    readonly OrderedDictionary<string, List<string>> _models = new(StringComparer.Ordinal);

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelParameterNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord()
    {
        if (!_models.TryGetValue(Model, out var names)) _models.Add(Model, names = []);
        names.AddRange(Name);
    }

    /// <summary>What came through the pipeline is removed together.</summary>
    protected override void EndProcessing()
    {
        foreach (var (model, names) in _models)
        {
            IReadOnlyList<string> found = [];
            Run(async (connection, cancellation) =>
            {
                foreach (var match in await FindAsync(new(connection), [model], null, cancellation).ConfigureAwait(false))
                    found = Match(match, names);
            });
            if (found.Count == 0 || !ShouldProcess(model, $"Remove {string.Join(", ", found)}")) continue;
            Run((connection, cancellation) => new ModelStore(connection).ChangeParametersAsync(model, [], found, cancellation));
        }
    }
}
