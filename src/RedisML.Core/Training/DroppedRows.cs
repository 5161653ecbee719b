using RedisML.Features;

namespace RedisML.Training;

/// <summary>Rows that training left out because a value was missing, and the columns in which it was.</summary>
/// <param name="Columns">The label and the weight, then features, each with the rows in which it is missing;
/// those that left no row out aren't among them.</param>
internal sealed record DroppedRows(long Rows, IReadOnlyList<(string Column, long Rows)> Columns, bool ByFeatures)
{
    const int ColumnsShown = 5;

    public static DroppedRows Of(FeaturePlan plan, TrainingSpecification specification, TrainingStatistics statistics)
    {
        List<(string Column, long Rows)> columns = [(specification.Label, statistics.LabelMissing)];
        if (specification.SampleWeight is { } weight) columns.Add((weight, statistics.WeightMissing));
        bool byFeatures = specification.Missing == MissingPolicy.Drop && statistics.FeatureMissing.Any(missing => missing > 0);
        if (byFeatures) columns.AddRange(plan.Features.Select((feature, i) => (feature.Column, statistics.FeatureMissing[i]))
            .OrderByDescending(f => f.Item2));
        return new(statistics.Dropped, [.. columns.Where(column => column.Rows > 0)], byFeatures);
    }

    /// <summary>A sentence or two for the user.</summary>
    /// <param name="used">The other rows.</param>
    public string Describe(long used)
    {
        var shown = Columns.Take(ColumnsShown).Select(column => $"'{column.Column}' in {column.Rows:N0}");
        int more = Columns.Count - ColumnsShown;
        return $"{Rows:N0} of {Rows + used:N0} rows were left out because a value is missing: {string.Join(", ", shown)}"
            + (more > 0 ? $", and {more:N0} more columns" : "") + (ByFeatures ? ". -Missing Mean keeps rows that miss a feature." : ".");
    }
}
