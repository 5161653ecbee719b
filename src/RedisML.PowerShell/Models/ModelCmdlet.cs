using RedisML.Errors;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

/// <summary>A cmdlet over models.</summary>
public abstract class ModelCmdlet : RedisMLCmdlet
{
    /// <summary>The models that names or wildcards say, from within the work.</summary>
    /// <param name="version">Null for the current one.</param>
    private protected Task<IReadOnlyList<Model>> FindAsync(ModelStore models, IEnumerable<string> names, long? version, CancellationToken cancellation) =>
        FindAsync(names, () => models.ListAsync(cancellation), name => models.GetAsync(name, version, cancellation));

    /// <summary>The parameters of a model that names or wildcards say, each once, with errors as <see cref="FindAsync"/> has them.</summary>
    private protected IReadOnlyList<string> Match(Model model, IEnumerable<string> names)
    {
        List<string> found = [];
        foreach (var name in names)
        {
            // A parameter may be called so, wildcard characters and all.
            if (model.Parameters.Contains(name)) found.Add(name);
            else if (NamePattern.HasWildcards(name)) found.AddRange(model.Parameters.Matching(name));
            else PostError(NearestName.NotFound("ParameterNotFound", $"parameter of model '{model.Name}' with the name", name, model.Parameters));
        }
        return [.. found.Distinct(StringComparer.Ordinal)];
    }
}
