using System.Globalization;
using System.Text.Json;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Features;
using RedisML.LightGbm.Trees;

namespace RedisML.LightGbm;

/// <summary>The levels of categories, as LightGBM's Python package keeps them at the end of a text: a list a category, of text or
/// numbers.</summary>
static class CategoryLevels
{
    const string CategoricalParameter = "[categorical_feature: ";

    public static string ToJson(FeaturePipeline pipeline) => JsonSerializer.Serialize(pipeline.Features.OfType<CategoryFeature>().Select(
        category => category.Levels.Select(level => category.Type == ColumnType.Utf8 ? JsonSerializer.SerializeToElement(level)
            : category.Type == ColumnType.Boolean ? JsonSerializer.SerializeToElement(level == "true")
            : JsonSerializer.SerializeToElement(Categories.Parse(category.Type, level)))));

    /// <summary>The features of a text.</summary>
    /// <param name="names">A name a feature.</param>
    /// <exception cref="RedisMLException"><c>ModelTextInvalid</c></exception>
    public static IReadOnlyList<Feature> Read(ModelText text, IReadOnlyList<string> names, IReadOnlyList<Tree> trees)
    {
        var splits = trees.SelectMany(tree => Enumerable.Range(0, tree.Feature.Length).Select(node => (tree, node)))
            .ToLookup(split => split.tree.Feature[split.node]);
        var told = Told(text.Parameters);
        int[] categories = [.. Enumerable.Range(0, names.Count).Where(feature => told is not null ? told.Contains(feature)
            : splits[feature].Any(split => split.tree.IsCategorical(split.node)))];
        if (splits.SelectMany(split => split).Any(split =>
            split.tree.IsCategorical(split.node) != Array.BinarySearch(categories, split.tree.Feature[split.node]) >= 0))
            throw Invalid("a feature is a number here and a category there");
        var levels = Parse(text.Categories);
        // A list that belongs to other features than those that are categories can't be told apart.
        bool isTold = levels.Count == categories.Length;
        return [.. names.Select(Feature (name, feature) => Array.IndexOf(categories, feature) is var index && index < 0
            ? new RawFeature(name) : isTold ? levels[index] with { Column = name } : Numbered(name, splits[feature]))];
    }

    /// <summary>A category that is the number by which it was trained.</summary>
    static CategoryFeature Numbered(string name, IEnumerable<(Tree Tree, int Node)> splits)
    {
        int most = splits.SelectMany(split => split.Tree.Set(split.Node)).DefaultIfEmpty(0).Max();
        if (most >= Categories.MaxLevels)
            throw Invalid($"category '{name}' has the number {most:N0}, and at most {Categories.MaxLevels:N0} levels are taken");
        return new(name, ColumnType.Int64,
            [.. Enumerable.Range(0, most + 1).Select(level => level.ToString(CultureInfo.InvariantCulture))], MissingLevel: false);
    }

    /// <summary>Which features are categories; null where the parameters don't tell by number.</summary>
    static HashSet<int>? Told(string parameters)
    {
        int start = parameters.IndexOf(CategoricalParameter, StringComparison.Ordinal);
        if (start < 0) return null;
        start += CategoricalParameter.Length;
        int end = parameters.IndexOf(']', start);
        var numbers = end < 0 ? [] : parameters[start..end].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return numbers.All(number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)) && numbers.Length > 0
            ? [.. numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture))] : null;
    }

    static List<CategoryFeature> Parse(string json)
    {
        if (json.Length == 0) return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            var lists = document.RootElement;
            return lists.ValueKind != JsonValueKind.Array ? [] : [.. lists.EnumerateArray().Select(ToFeature)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Invalid("the levels of its categories aren't lists of text or numbers");
        }
    }

    static CategoryFeature ToFeature(JsonElement list)
    {
        var items = list.EnumerateArray().ToList();
        if (items.Count > Categories.MaxLevels)
            throw Invalid($"a category has {items.Count:N0} levels, and at most {Categories.MaxLevels:N0} are taken");
        bool isText = items.Any(item => item.ValueKind == JsonValueKind.String);
        bool isBoolean = !isText && items.Any(item => item.ValueKind is JsonValueKind.True or JsonValueKind.False);
        bool isInteger = !isText && !isBoolean && items.All(item => item.GetDouble() is var number && number == Math.Floor(number));
        var levels = items.Select(item => isText ? item.GetString()! : isBoolean ? item.GetBoolean() ? "true" : "false"
            : Categories.Format(ColumnType.Float64, item.GetDouble())).ToList();
        if (levels.Distinct(StringComparer.Ordinal).Count() != levels.Count) throw Invalid("a category has a level twice");
        var type = isText ? ColumnType.Utf8 : isBoolean ? ColumnType.Boolean : isInteger ? ColumnType.Int64 : ColumnType.Float64;
        return new("", type, levels, MissingLevel: false);
    }

    static RedisMLException Invalid(string why) =>
        new("ModelTextInvalid", ErrorKind.InvalidData, $"The model can't be taken: {why}.", "LightGbm");
}
