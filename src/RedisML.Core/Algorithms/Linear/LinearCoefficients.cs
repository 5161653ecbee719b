using RedisML.Features;
using RedisML.Models;

namespace RedisML.Algorithms.Linear;

/// <summary>The parameters of a linear model, by column and level.</summary>
internal static class LinearCoefficients
{
    /// <remarks>
    /// A number enters as (x − Mean) / Scale: so in the column's own unit its weight is the stored one by Scale,
    /// and what the means amount to
    /// is part of the intercept.
    /// </remarks>
    public static IReadOnlyList<ParameterElement> Of(Model model, LinearParameters parameters)
    {
        var pipeline = model.Definition!.RequirePipeline();
        int width = pipeline.Width, outputs = parameters.Intercepts.Length;
        var elements = new List<ParameterElement>();
        var intercepts = new List<ParameterElement>();
        for (int k = 0; k < outputs; k++)
        {
            string? ofClass = outputs > 1 ? pipeline.Label.Classes![k] : null;
            double intercept = parameters.Intercepts[k];
            int position = 0;
            foreach (var feature in pipeline.Features)
            {
                if (feature is NumericFeature number)
                {
                    double weight = Next(out var element), raw = weight / number.Scale;
                    intercept -= raw * number.Mean;
                    elements.Add(element with { Class = ofClass, Feature = feature.Column, RawValue = raw });
                    continue;
                }
                if (feature is HashedFeature)
                {
                    // What levels share a position, nobody knows.
                    for (int end = position + feature.Width; position < end;)
                    {
                        double weight = Next(out var element);
                        elements.Add(element with { Class = ofClass, Feature = feature.Column, RawValue = weight });
                    }
                    continue;
                }
                var category = (CategoryFeature)feature;
                for (int level = 0; level < category.Width; level++)
                {
                    double weight = Next(out var element);
                    bool isMissing = level == category.Levels.Count;
                    elements.Add(element with
                    {
                        Class = ofClass,
                        Feature = feature.Column,
                        Level = isMissing ? null : category.Levels[level],
                        IsMissing = isMissing,
                        RawValue = weight,
                    });
                }
            }
            int[] place = outputs > 1 ? [k] : [];
            var stored = new ParameterElement(LinearParameters.InterceptName, place, parameters.Intercepts[k]);
            intercepts.Add(stored with { Class = ofClass, RawValue = intercept });

            double Next(out ParameterElement element)
            {
                double value = parameters.Weights[k * width + position];
                element = new(LinearParameters.WeightName, outputs > 1 ? [k, position] : [position], value);
                position++;
                return value;
            }
        }
        return [.. elements, .. intercepts];
    }
}
