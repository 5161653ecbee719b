using RedisML.Errors;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

/// <summary>A cmdlet over models.</summary>
public abstract class ModelCmdlet : RedisMLCmdlet
{
    /// <summary>Who calls, as the history of aliases has it.</summary>
    private protected static string Caller => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>The models that references say, from within the work; their names may have wildcards.</summary>
    /// <param name="version">The version of those that don't say one themselves; null for the current one.</param>
    private protected async Task<IReadOnlyList<Model>> FindAsync(
        ModelStore models, IEnumerable<string> names, long? version, CancellationToken cancellation)
    {
        List<Model> found = [];
        foreach (var reference in names.Select(name => ModelReference.Parse(name, version)))
        {
            found.AddRange(await FindAsync([reference.Name], () => models.ListAsync(cancellation),
                name => models.GetAsync(reference with { Name = name }, cancellation)).ConfigureAwait(false));
        }
        return found;
    }

    /// <summary>The parameters of a model that names or wildcards say, each once,
    /// with errors as <see cref="FindAsync"/> has them.</summary>
    private protected IReadOnlyList<string> Match(Model model, IEnumerable<string> names)
    {
        List<string> found = [];
        foreach (var name in names)
        {
            // A parameter may be called so, wildcard characters and all.
            if (model.Parameters.Contains(name)) found.Add(name);
            else if (NamePattern.HasWildcards(name)) found.AddRange(model.Parameters.Matching(name));
            else PostError(
                NearestName.NotFound("ParameterNotFound", $"parameter of model '{model.Name}' with the name", name, model.Parameters));
        }
        return [.. found.Distinct(StringComparer.Ordinal)];
    }
}
