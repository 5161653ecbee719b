using System.Management.Automation;
using RedisML.Training;

namespace RedisML.PowerShell;

[Cmdlet(VerbsCommon.Get, "RedisDistributedTraining")]
[OutputType(typeof(TrainingRun))]
public sealed class GetRedisDistributedTrainingCommand : RedisMLCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string[] Id { get; set; } = ["*"];

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[] Model { get; set; } = ["*"];

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var store = new RunStore(connection);
        var models = Array.ConvertAll(Model, pattern => new WildcardPattern(pattern, WildcardOptions.IgnoreCase));
        foreach (var id in Id)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(id))
            {
                try
                {
                    PostObject(await store.GetAsync(id, cancellation).ConfigureAwait(false));
                }
                catch (RedisMLException e) when (e.Kind == ErrorKind.ObjectNotFound)
                {
                    PostError(e);
                }
                continue;
            }
            var wildcard = new WildcardPattern(id, WildcardOptions.IgnoreCase);
            var ids = (await store.ListAsync(cancellation).ConfigureAwait(false)).Where(wildcard.IsMatch);
            var runs = await Task.WhenAll(ids.Select(i => store.FindAsync(i, cancellation))).ConfigureAwait(false);
            foreach (var run in runs.OfType<TrainingRun>().Where(run => models.Any(m => m.IsMatch(run.Model))).OrderBy(run => run.Started)) PostObject(run);
        }
    });
}
