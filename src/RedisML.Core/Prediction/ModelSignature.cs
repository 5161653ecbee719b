using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;

namespace RedisML.Prediction;

/// <summary>Checks that rows have the columns that a model was trained on.</summary>
internal sealed class ModelSignature(FeaturePipeline pipeline, DerivedColumns derived)
{
    /// <param name="columns">The names and logical types of the columns at hand; null for a type that no dataset has.</param>
    /// <param name="withLabel">Whether the label is wanted too.</param>
    /// <exception cref="RedisMLException"><c>SignatureMismatch</c>, which lists what is wrong. More columns than needed are fine.</exception>
    public void Check(IReadOnlyDictionary<string, ColumnType?> columns, bool withLabel)
    {
        var problems = pipeline.Inputs.Select(input => Problem(input, columns)).OfType<string>().ToList();
        if (withLabel)
        {
            foreach (var source in derived.Sources(pipeline.Label.Column).Where(name => derived.Find(name) is null))
            {
                if (pipeline.Inputs.All(input => input.Name != source) && !columns.ContainsKey(source)) problems.Add($"'{source}' is missing");
            }
        }
        if (problems.Count == 0) return;
        throw new RedisMLException("SignatureMismatch", ErrorKind.InvalidData,
            $"The columns aren't those that the model was trained on: {string.Join("; ", problems)}.", problems);
    }

    /// <summary>Numbers of any type will do for each other, and text for text.</summary>
    static string? Problem(ColumnSchema input, IReadOnlyDictionary<string, ColumnType?> columns) =>
        !columns.TryGetValue(input.Name, out var type) ? $"'{input.Name}' is missing"
        : type is { } given && (given.IsNumeric && input.Type.IsNumeric || given.IsText && input.Type.IsText) ? null
        : $"'{input.Name}' is {type?.ToString() ?? "of another kind"} and was {input.Type}";
}
