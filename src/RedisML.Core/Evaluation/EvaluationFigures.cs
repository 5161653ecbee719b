using System.Reflection;
using RedisML.Errors;

namespace RedisML.Evaluation;

/// <summary>The figures of an evaluation by name, and which way each is better.</summary>
public static class EvaluationFigures
{
    /// <summary>What describes the rows, or how exact a figure is, and doesn't say how good the model is.</summary>
    static readonly HashSet<string> s_others = new(StringComparer.OrdinalIgnoreCase) { "Weight", "AucBound", "Threshold" };

    static readonly string[] s_lowerIsBetter = ["Rmse", "Mae", "Loss", "Deviance", "Error", "Brier", "Mape"];

    /// <summary>All figures that evaluations of any kind have.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. new[] { typeof(RegressionResult), typeof(ClassificationResult), typeof(RecommendationResult) }.SelectMany(FiguresOf)
            .Select(property => property.Name).Distinct().Order(StringComparer.Ordinal)];

    static IEnumerable<PropertyInfo> FiguresOf(Type type) => type.GetProperties().Where(property => !s_others.Contains(property.Name)
        && (property.PropertyType == typeof(double?) || property.PropertyType == typeof(double)));

    /// <summary>All figures that an evaluation of this kind may have; null where these rows don't define one.</summary>
    public static IReadOnlyDictionary<string, double?> Of(EvaluationResult result)
    {
        var figures = new Dictionary<string, double?>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in FiguresOf(result.GetType())) figures[property.Name] = (double?)property.GetValue(result);
        return figures;
    }

    /// <summary>Those that these rows define.</summary>
    public static IReadOnlyDictionary<string, double> Known(EvaluationResult result) =>
        Of(result).Where(figure => figure.Value is not null)
            .ToDictionary(figure => figure.Key, figure => figure.Value!.Value, StringComparer.Ordinal);

    /// <summary>Whether a lower value is the better one, as of errors and losses.</summary>
    public static bool IsLowerBetter(string figure) =>
        s_lowerIsBetter.Any(part => figure.Contains(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name of a figure as it is spelt.</summary>
    /// <exception cref="RedisMLException"><c>FigureNotFound</c>, with the nearest name.</exception>
    public static string NameOf(IReadOnlyDictionary<string, double?> figures, string name) =>
        figures.Keys.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw NearestName.NotFound("FigureNotFound", "figure of this model called", name, figures.Keys);
}
