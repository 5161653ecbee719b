using System.Globalization;
using System.Text;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Features;
using RedisML.LightGbm.Trees;
using RedisML.ModelFiles;
using RedisML.Models;

namespace RedisML.LightGbm;

/// <summary>Reads models in LightGBM's text form, whoever trained them.</summary>
/// <remarks>
/// The text names the features. Of categories it has the levels where Python's package, or this one, wrote it; else a category is the
/// number by which it was trained. What it doesn't say is the label and its classes.
/// </remarks>
sealed class LightGbmFormat : IModelFormat
{
    public string Name => "LightGbm";

    /// <exception cref="RedisMLException"><c>ModelTextInvalid</c>, <c>OptionInvalid</c>.</exception>
    public ImportedModel Read(byte[] content, ModelImportOptions options)
    {
        if (options.Output is not null || options.Logit) throw Invalid("it has no outputs to choose from, and says itself what scores are");
        var written = new UTF8Encoding(false, throwOnInvalidBytes: false).GetString(content);
        var text = ModelText.Parse(written, Name);
        var trees = text.ReadTrees(Name);
        var link = Link.Of(text.Objective, Name);
        var names = options.Features ?? text.FeatureNames;
        if (names.Count != text.FeatureCount || names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw Invalid($"it has {text.FeatureCount} features, each with a name of its own");
        var features = CategoryLevels.Read(text, names, trees);
        var label = Label(text, link, options);
        if (names.Contains(label.Column)) throw Invalid($"'{label.Column}' can't be the label: a feature has that name");
        return new(null, new()
        {
            Algorithm = Name,
            Task = label.Classes is { Count: 2 } ? ModelTask.Binary : label.Classes is not null ? ModelTask.Classes
                : text.Objective.StartsWith("poisson", StringComparison.Ordinal) ? ModelTask.Counts : ModelTask.Regression,
            Pipeline = new()
            {
                Inputs = [.. features.Select(feature => new ColumnSchema(feature.Column,
                    feature is CategoryFeature category ? category.Type : ColumnType.Float64))],
                Features = features,
                Label = label,
                Missing = MissingPolicy.Keep,
            },
            Lineage = new() { Dataset = "", DatasetVersion = 0, Run = "", RowsUsed = 0, Trained = DateTimeOffset.UtcNow },
        }, LightGbmAlgorithm.ToParameters(written, trees, text.FeatureCount));
    }

    static LabelEncoding Label(ModelText text, Link link, ModelImportOptions options)
    {
        var column = options.Label ?? "label";
        if (!link.IsOfClasses)
        {
            return options.Classes is null ? new(column, ColumnType.Float64, null)
                : throw Invalid("it predicts a number, and has no classes");
        }
        int count = link.Kind == LinkKind.Sigmoid ? 2 : text.Outputs;
        var classes = options.Classes ?? [.. Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        if (classes.Count != count || classes.Distinct(StringComparer.Ordinal).Count() != count)
            throw Invalid($"it has {count} classes, each with a name of its own");
        bool isInteger = classes.All(name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        return new(column, isInteger ? ColumnType.Int64 : ColumnType.Utf8, classes);
    }

    static RedisMLException Invalid(string why) =>
        new("OptionInvalid", ErrorKind.InvalidArgument, $"The model can't be taken so: {why}.", "LightGbm");
}
