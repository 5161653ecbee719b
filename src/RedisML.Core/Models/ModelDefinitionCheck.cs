using RedisML.Columns;
using RedisML.Features;
using static RedisML.Errors.Decoding;

namespace RedisML.Models;

/// <summary>Whether a definition from elsewhere is one that training could have written:
/// then whatever reads it finds what it needs.</summary>
static class ModelDefinitionCheck
{
    /// <exception cref="InvalidDataException">It isn't.</exception>
    public static ModelDefinition Checked(ModelDefinition? definition)
    {
        Demand(definition is { Algorithm.Length: > 0, Lineage: not null, Metrics: not null }, "it lacks parts");
        Demand(Enum.IsDefined(definition.Task), $"there is no task {definition.Task}");
        Demand(definition.Lineage is { Dataset: not null, Run: not null }, "it doesn't say what it came from");
        foreach (var parameter in definition.Parameters ?? [])
            Demand(parameter is { Name: not null, Shape: not null } && parameter.Shape.All(length => length >= 0)
                && parameter.Shape.Aggregate(1.0, (count, length) => count * length) <= int.MaxValue,
                    "a parameter has an impossible shape");
        if (definition.Pipeline is { } pipeline) Check(pipeline, definition.Task);
        return definition;
    }

    static void Check(FeaturePipeline pipeline, ModelTask task)
    {
        Demand(pipeline is { Inputs: not null, Derived: not null, Features: not null, Label: { Column: not null } },
            "its pipeline lacks parts");
        Demand(Enum.IsDefined(pipeline.Missing), "its pipeline says nothing of missing values");
        Demand(pipeline.Inputs.All(c => c?.Name is not null)
            && pipeline.Inputs.DistinctBy(c => c.Name).Count() == pipeline.Inputs.Count, "its inputs have no names of their own");
        Demand(pipeline.Derived.All(c => c is { Name: not null, Expression: not null }), "a derived column lacks its name or expression");
        long width = 0;
        foreach (var feature in pipeline.Features)
        {
            Demand(feature?.Column is not null, "a feature lacks its column");
            Demand(feature is not NumericFeature || pipeline.Inputs.FirstOrDefault(c => c.Name == feature.Column)?.Type != ColumnType.Utf8
                || pipeline.Derived.Any(c => c.Name == feature.Column), $"feature '{feature.Column}' takes text for numbers");
            if (feature is NumericFeature number)
                Demand(double.IsFinite(number.Mean) && double.IsFinite(number.Scale)
                    && number.Scale > 0, $"feature '{feature.Column}' has the mean {number.Mean} and the scale {number.Scale}");
            if (feature is CategoryFeature category) CheckLevels(category.Type, category.Levels, feature.Column);
            if (feature is HashedFeature hashed)
                Demand(hashed.Bits is > 0 and <= HashedFeature.MaxBits, $"feature '{feature.Column}' is hashed into {hashed.Bits} bits");
            width += feature.Width;
        }
        Demand(width <= Array.MaxLength, $"its features take {width:N0} positions");
        if (pipeline.Label.Classes is { } classes) CheckLevels(pipeline.Label.Type, classes, pipeline.Label.Column);
        Demand(task switch
        {
            ModelTask.Binary => pipeline.Label.Classes?.Count == 2,
            ModelTask.Classes => pipeline.Label.Classes?.Count > 0,
            _ => true,
        }, $"a model of the task {task} has {pipeline.Label.Classes?.Count ?? 0} classes");
    }

    static void CheckLevels(ColumnType type, IReadOnlyList<string> levels, string column)
    {
        Demand(levels is not null && levels.All(level => level is not null), $"the levels of '{column}' are missing");
        Demand(levels.Count <= Categories.MaxLevels
            && levels.Distinct(StringComparer.Ordinal).Count() == levels.Count, $"the levels of '{column}' are too many, or the same");
        if (!type.IsNumeric) return;
        foreach (string level in levels) Demand(!double.IsNaN(Categories.Parse(type, level)), $"'{level}' is no level of '{column}'");
    }
}
