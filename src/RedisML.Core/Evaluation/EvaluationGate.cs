using System.Globalization;
using RedisML.Errors;

namespace RedisML.Evaluation;

/// <summary>What a model has to reach on a dataset.</summary>
public sealed record EvaluationGate
{
    /// <summary>Figures of which no model should be judged unless told, in the order in which one is chosen to compare models by.</summary>
    static readonly string[] s_comparedBy = ["PoissonDeviance", "Rmse", "Auc", "Accuracy", "Ndcg"];

    /// <summary>The least that figures may be, by name.</summary>
    public IReadOnlyDictionary<string, double> Minimum { get; init; } = new Dictionary<string, double>();

    /// <summary>The most that figures may be, by name.</summary>
    public IReadOnlyDictionary<string, double> Maximum { get; init; } = new Dictionary<string, double>();

    /// <summary>By which figure the model is compared with another; null for the first there is of PoissonDeviance, Rmse,
    /// Auc, Accuracy and Ndcg.</summary>
    public string? Figure { get; init; }

    /// <summary>What the model doesn't reach, a sentence each; empty where it reaches everything.</summary>
    /// <param name="other">How good another model is on the same rows, than which this one mustn't be worse; null for none.</param>
    /// <exception cref="RedisMLException"><c>FigureNotFound</c>; <c>FigureNotComparable</c>:
    /// the two models have no figure in common.</exception>
    public IReadOnlyList<string> Problems(EvaluationResult result, EvaluationResult? other)
    {
        var figures = EvaluationFigures.Of(result);
        List<string> problems = [];
        foreach (var (name, least) in Minimum) Check(name, least, value => value >= least, "must be at least");
        foreach (var (name, most) in Maximum) Check(name, most, value => value <= most, "may be at most");
        if (other is not null) Compare(figures, EvaluationFigures.Of(other), $"{other.Model}@{other.ModelVersion}", problems);
        return problems;

        void Check(string name, double limit, Predicate<double> holds, string must)
        {
            name = EvaluationFigures.NameOf(figures, name);
            if (figures[name] is not { } value) problems.Add($"these rows don't define {name}, which {must} {Text(limit)}");
            else if (!holds(value)) problems.Add($"{name} is {Text(value)} and {must} {Text(limit)}");
        }
    }

    void Compare(IReadOnlyDictionary<string, double?> own, IReadOnlyDictionary<string, double?> others, string other, List<string> problems)
    {
        var name = Figure is not null ? EvaluationFigures.NameOf(own, Figure)
            : s_comparedBy.FirstOrDefault(name => own.GetValueOrDefault(name) is not null && others.GetValueOrDefault(name) is not null);
        if (name is null || own[name] is not { } value || others.GetValueOrDefault(name) is not { } reference)
            throw new RedisMLException("FigureNotComparable", ErrorKind.InvalidOperation,
                $"This model and {other} have no figure in common to be compared by{(name is null ? "" : $": {name} isn't one")}. " +
                "A model of the same task has: Get-RedisModel shows the algorithm of each.", other);
        bool isLower = EvaluationFigures.IsLowerBetter(name);
        if (isLower ? value <= reference : value >= reference) return;
        problems.Add($"{name} is {Text(value)} and {(isLower ? "may be at most" : "must be at least")} the {Text(reference)} of {other}");
    }

    static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
