using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Models;

namespace RedisML.Prediction;

/// <summary>What a model needs of a row, and what it predicts.</summary>
public sealed class ModelSignature
{
    readonly FeaturePipeline _pipeline;

    public ModelSignature(ModelTask task, FeaturePipeline pipeline)
    {
        (Task, _pipeline) = (task, pipeline);
        Derived = new DerivedColumns(pipeline.Derived);
    }

    public ModelTask Task { get; }

    /// <summary>The stored columns that are needed, with their types in training.</summary>
    public IReadOnlyList<ColumnSchema> Inputs => _pipeline.Inputs;

    /// <summary>The column that is predicted, with its classes in order; stored or derived.</summary>
    public LabelEncoding Label => _pipeline.Label;

    internal DerivedColumns Derived { get; }

    /// <summary>The inputs of rows in order, after a check; valid as long as the rows.</summary>
    /// <exception cref="RedisMLException"><c>SignatureMismatch</c>.</exception>
    public IReadOnlyList<ColumnVector> Read(RowBatch rows)
    {
        var columns = Open(rows, withLabel: false);
        return [.. Inputs.Select(input => columns[input.Name])];
    }

    /// <summary>Whether no feature is computed from others, so that inputs are all that is read of a row.</summary>
    internal bool ReadsInputsAlone => _pipeline.Features.All(feature => Derived.Find(feature.Column) is null);

    /// <summary>The columns of rows, stored and derived, after a check.</summary>
    /// <param name="withLabel">Whether the label is wanted too.</param>
    /// <exception cref="RedisMLException"><c>SignatureMismatch</c>, which lists what is wrong.
    /// More columns than needed are fine.</exception>
    internal BatchColumns Open(RowBatch rows, bool withLabel)
    {
        if (withLabel || !rows.IsMadeFor(this)) Check(rows.Types(), withLabel);
        return rows.Columns(Derived);
    }

    /// <param name="columns">The names and logical types of the columns at hand; null for a type that no dataset has.</param>
    internal void Check(IReadOnlyDictionary<string, ColumnType?> columns, bool withLabel)
    {
        var problems = Inputs.Select(input => Problem(input, columns)).OfType<string>().ToList();
        if (withLabel)
        {
            foreach (var source in Derived.Sources(Label.Column).Where(name => Derived.Find(name) is null))
            {
                if (Inputs.All(input => input.Name != source) && !columns.ContainsKey(source)) problems.Add($"'{source}' is missing");
            }
        }
        if (problems.Count == 0) return;
        throw new RedisMLException("SignatureMismatch", ErrorKind.InvalidData,
            $"The columns aren't those that the model was trained on: {string.Join("; ", problems)}.", problems);
    }

    /// <summary>Numbers of any type will do for each other, text for text, and times for times, if both have a zone or none.</summary>
    static string? Problem(ColumnSchema input, IReadOnlyDictionary<string, ColumnType?> columns) =>
        !columns.TryGetValue(input.Name, out var type) ? $"'{input.Name}' is missing"
        : type is { } given && (given.IsNumeric && input.Type.IsNumeric || given.IsText && input.Type.IsText
            || given.IsTime && input.Type.IsTime && given.Zone is null == input.Type.Zone is null) ? null
        : $"'{input.Name}' is {type?.ToString() ?? "of another kind"} and was {input.Type}";
}
