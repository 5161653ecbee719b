using RedisML.Errors;

namespace RedisML.Online;

/// <summary>Holds what is asked for against what a training does: it isn't changed on its way.</summary>
static class OnlineDifference
{
    /// <exception cref="RedisMLException"><c>OnlineTrainingDiffers</c>.</exception>
    public static void Check(OnlineStartOptions asked, OnlineSpecification there)
    {
        if (asked.Source is { } source && (source, asked.SourceKind) != (there.Source, there.SourceKind))
            throw Differs("List or -Stream", source, there.Source);
        Check("Algorithm", asked.Algorithm is { } name ? OnlineAlgorithms.Checked(name) : null, there.Algorithm);
        Check("Label", asked.Label, there.Label.Name);
        Check("LabelStream", asked.LabelStream, there.LabelStream);
        Check("Key", asked.Key, there.Key);
        Check("LearningRate", asked.LearningRate, there.LearningRate);
        Check("L1", asked.L1, there.L1);
        Check("L2", asked.L2, there.L2);
        Check("HashBit", asked.HashBits, there.HashBits);
        Check("MetricInterval", asked.MetricInterval, there.MetricInterval);
        Check("DriftThreshold", asked.DriftThreshold, there.DriftThreshold);
        Check("PositiveClass", asked.PositiveClass, there.PositiveClass);
        Check("Window", (long?)asked.Window?.TotalMilliseconds, there.WindowMilliseconds);
        if (asked.Features is { } features && !features.ToHashSet().SetEquals(there.Columns.Select(column => column.Name)))
            throw Differs("Feature", string.Join(", ", features), string.Join(", ", there.Columns.Select(column => column.Name)));
        if (asked.ExcludedFeatures.Intersect(there.Columns.Select(column => column.Name)).FirstOrDefault() is { } excluded)
            throw Differs("Feature", $"without {excluded}", excluded);
        if (asked.Categories.Intersect(there.Columns.Where(c => c.Kind == SampleColumnKind.Number).Select(c => c.Name)).FirstOrDefault() is
            { } category)
            throw Differs("Category", category, $"{category} as a number");

        static void Check(string option, object? asked, object? there)
        {
            if (asked is not null && !asked.Equals(there)) throw Differs(option, asked, there);
        }
    }

    static RedisMLException Differs(string option, object asked, object? there) => new("OnlineTrainingDiffers", ErrorKind.ResourceExists,
        $"The online training that there is has -{option} {there ?? "not set"}, and not {asked}. Go on with it without that option, or " +
        "remove it first (Remove-RedisOnlineTraining).", option);
}
