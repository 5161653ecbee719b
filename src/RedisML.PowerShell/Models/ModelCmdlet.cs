using System.Management.Automation;
using RedisML.Models;

namespace RedisML.PowerShell;

/// <summary>A cmdlet over models.</summary>
public abstract class ModelCmdlet : RedisMLCmdlet
{
    /// <summary>
    /// The models that names or wildcards say, from within the work. An unknown name is an error of its own; a wildcard without match isn't.
    /// </summary>
    /// <param name="version">Null for the current one.</param>
    private protected async Task<IReadOnlyList<Model>> FindAsync(
        ModelStore models, IEnumerable<string> names, long? version, CancellationToken cancellation)
    {
        List<Model> found = [];
        foreach (var name in names)
        {
            bool isPattern = WildcardPattern.ContainsWildcardCharacters(name);
            foreach (var match in isPattern ? await MatchAsync(models, name, cancellation).ConfigureAwait(false) : [name])
            {
                try
                {
                    found.Add(await models.GetAsync(match, version, cancellation).ConfigureAwait(false));
                }
                catch (RedisMLException e) when (e.Kind == ErrorKind.ObjectNotFound)
                {
                    if (!isPattern) PostError(e);
                }
            }
        }
        return found;
    }

    /// <summary>The parameters of a model that names or wildcards say, each once, with errors as <see cref="FindAsync"/> has them.</summary>
    private protected IReadOnlyList<string> Match(Model model, IEnumerable<string> names)
    {
        List<string> found = [];
        foreach (var name in names)
        {
            // A parameter may be called so, wildcard characters and all.
            if (model.Parameters.Contains(name)) found.Add(name);
            else if (WildcardPattern.ContainsWildcardCharacters(name)) found.AddRange(model.Parameters.Where(Wildcard(name).IsMatch));
            else PostError(NearestName.NotFound("ParameterNotFound", $"parameter of model '{model.Name}' with the name", name, model.Parameters));
        }
        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    static async Task<IEnumerable<string>> MatchAsync(ModelStore models, string pattern, CancellationToken cancellation) =>
        (await models.ListAsync(cancellation).ConfigureAwait(false)).Where(Wildcard(pattern).IsMatch);

    static WildcardPattern Wildcard(string pattern) => new(pattern, WildcardOptions.IgnoreCase);
}
