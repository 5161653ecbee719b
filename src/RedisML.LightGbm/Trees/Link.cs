using System.Globalization;
using RedisML.Errors;

namespace RedisML.LightGbm.Trees;

/// <summary>What raw scores mean.</summary>
enum LinkKind
{
    /// <summary>The score is the prediction.</summary>
    Identity,

    /// <summary>The score is its logarithm.</summary>
    Exponential,

    /// <summary>The score is the log odds of the second of two classes.</summary>
    Sigmoid,

    /// <summary>Scores are those of classes that exclude each other.</summary>
    Softmax,

    /// <summary>Each score is the log odds of its class, for itself.</summary>
    OneVersusAll,
}

/// <summary>What raw scores mean, by the objective of the training.</summary>
/// <param name="Scale">What the log odds are, of the score.</param>
readonly record struct Link(LinkKind Kind, double Scale)
{
    /// <param name="objective">As the text says it: <c>binary sigmoid:1</c>.</param>
    /// <exception cref="RedisMLException"><c>ModelTextInvalid</c></exception>
    public static Link Of(string objective, object? target)
    {
        var words = objective.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double scale = words.FirstOrDefault(word => word.StartsWith("sigmoid:", StringComparison.Ordinal)) is { } sigmoid
            && double.TryParse(sigmoid["sigmoid:".Length..], CultureInfo.InvariantCulture, out double given) ? given : 1;
        LinkKind? kind = words.Contains("sqrt") || !(scale > 0 && double.IsFinite(scale)) ? null : words.FirstOrDefault() switch
        {
            "regression" or "regression_l1" or "huber" or "fair" or "quantile" or "mape" => LinkKind.Identity,
            "poisson" or "gamma" or "tweedie" => LinkKind.Exponential,
            "binary" => LinkKind.Sigmoid,
            "multiclass" => LinkKind.Softmax,
            "multiclassova" => LinkKind.OneVersusAll,
            _ => null,
        };
        return kind is { } known ? new(known, scale) : throw new RedisMLException("ModelTextInvalid", ErrorKind.InvalidData,
            $"The model's objective is '{objective}', of which it isn't known what its scores mean.", target);
    }

    /// <summary>Whether it tells classes apart.</summary>
    public bool IsOfClasses => Kind >= LinkKind.Sigmoid;
}
