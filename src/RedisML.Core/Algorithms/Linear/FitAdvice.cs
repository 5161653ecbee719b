using RedisML.Features;
using RedisML.Training;

namespace RedisML.Algorithms.Linear;

/// <summary>Why a fit without penalty has no end, and what helps.</summary>
internal static class FitAdvice
{
    /// <summary>A weight that makes odds, or a rate, 20,000 times as large by one deviation, or by a level,
    /// is on its way to infinity.</summary>
    const double LargeWeight = 10;

    /// <param name="loss">The mean loss of a row.</param>
    public static string? Of(LinearKind kind, double loss, ReadOnlySpan<double> parameters, bool converged, TabularData data)
    {
        var (fit, label) = (data.Fit, data.Pipeline.Label.Column);
        if (kind is LinearKind.Logistic or LinearKind.Softmax && loss * fit.Weight < Math.Log(2) * fit.LeastWeight)
        {
            // No row has a loss of ln 2: each is told right, and any multiple of the weights tells it better.
            return $"The classes of '{label}' are separated: the features tell every row right, so that the loss has no finite minimum "
                + "and the weights grow without end. Use -L2.";
        }
        if (converged || kind == LinearKind.Linear) return null;
        int width = data.Layout.Width, largest = 0;
        for (int i = 1; i < parameters.Length / (width + 1) * width; i++)
            if (Math.Abs(parameters[i]) > Math.Abs(parameters[largest])) largest = i;
        if (width == 0 || Math.Abs(parameters[largest]) < LargeWeight) return null;
        string feature = NameOf(data.Pipeline, largest % width);
        return kind == LinearKind.Poisson
            ? $"The weight of {feature} grows without end: where it is, '{label}' is always 0, or nearly so. Use -L2."
            : $"The weight of {feature} grows without end: it goes with one class of '{label}' alone, or nearly so (the classes are "
                + "separated in part). Use -L2.";
    }

    static string NameOf(FeaturePipeline pipeline, int position)
    {
        foreach (var feature in pipeline.Features)
        {
            if (position >= feature.Width) position -= feature.Width;
            else if (feature is not CategoryFeature category) return $"'{feature.Column}'";
            else return position < category.Levels.Count ? $"'{category.Column}' = '{category.Levels[position]}'"
                : $"a missing '{category.Column}'";
        }
        return "a feature";
    }
}
