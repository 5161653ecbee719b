using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;

namespace RedisML.Training;

/// <summary>A feature pipeline fitted to the statistics of all chunks.</summary>
internal sealed class PipelineFit
{
    readonly TrainingSpecification _specification;
    readonly FeatureFit _features;
    readonly CategoryEncoder? _classes;
    readonly double[]? _classWeights;

    public PipelineFit(FeaturePlan plan, TrainingSpecification specification, TrainingStatistics statistics)
    {
        _specification = specification;
        Rows = statistics.Rows;
        Dropped = DroppedRows.Of(plan, specification, statistics);
        LeastWeight = statistics.LeastWeight;
        if (Rows == 0) throw NoRows(plan, specification, statistics);

        LabelEncoding label;
        double meanClassWeight = 1;
        if (!plan.IsClassification)
        {
            LabelMoments = statistics.LabelMoments;
            if (plan.Task == ModelTask.Counts) CheckCounts();
            Weight = LabelMoments.Weight;
            label = new(specification.Label, plan.LabelType, null);
        }
        else
        {
            var found = statistics.Classes.Weights;
            var classes = LabelClasses.Order(specification, plan.Task, plan.LabelType, found.Keys);
            _classes = new CategoryEncoder(classes);
            _classWeights = LabelClasses.Weights(specification, plan.LabelType, classes, found);
            double[] weights = [.. classes.Select((name, i) => found[name] * (_classWeights?[i] ?? 1))];
            Weight = weights.Sum();
            meanClassWeight = Weight / found.Values.Sum();
            LeastWeight *= _classWeights?.Min() ?? 1;
            ClassShares = [.. weights.Select(weight => weight / Weight)];
            label = new(specification.Label, plan.LabelType, classes);
        }
        if (!(Weight > 0) || ClassShares.Contains(0))
        {
            throw new RedisMLException("WeightInvalid", ErrorKind.InvalidData,
                $"The rows of '{specification.Label}', or those of one of its classes, have no weight.", specification.SampleWeight);
        }

        _features = new(plan.Features, statistics.Moments, statistics.Levels, meanClassWeight, specification.Missing);
        Pipeline = new FeaturePipeline
        {
            Inputs = plan.Inputs(),
            Derived = plan.NeededDerived(),
            Features = _features.Features,
            Label = label,
            Missing = specification.Missing,
        };
    }

    public FeaturePipeline Pipeline { get; }

    public EncodedLayout Layout => _features.Layout;

    /// <summary>How many rows are used.</summary>
    public long Rows { get; }

    /// <summary>Rows left out because a value was missing.</summary>
    public DroppedRows Dropped { get; }

    /// <summary>The sum of squares of each position of the encoded rows, each times its weight;
    /// classes count by their mean weight.</summary>
    public double[] SquareSums => _features.SquareSums;

    /// <summary>The moments of the label, for regression.</summary>
    public ColumnMoments LabelMoments { get; }

    /// <summary>The sum of the rows' weights; without weights, their number.</summary>
    public double Weight { get; }

    /// <summary>No row has less weight; 1 without weights.</summary>
    public double LeastWeight { get; }

    /// <summary>The share of each class in the weight, for classification.</summary>
    public double[] ClassShares { get; } = [];

    /// <summary>Encodes the rows of a chunk in place.</summary>
    public void Encode(LoadedChunk chunk)
    {
        var rows = chunk.Rows;
        var encoder = new FeatureEncoder(Layout, chunk.Levels.Select(levels => levels.Names));
        for (int block = 0; block < rows.Blocks.Count; block++)
        {
            for (int i = 0; i < encoder.Numbers; i++) encoder.EncodeNumber(i, rows.Number(block, i));
            for (int i = 0; i < encoder.Categories; i++) encoder.EncodeCategory(i, rows.Category(block, i), rows.Category(block, i));
        }
        if (_classes is null) return;
        var classes = _classes.Map(chunk.LabelLevels.Names);
        foreach (ref double label in rows.Labels.AsSpan()) label = classes[(int)label];
        bool hasUnknown = classes.Contains(CategoryEncoder.None);
        if (_classWeights is null && !hasUnknown) return;
        if (rows.Weights is null) System.Array.Fill(rows.Weights = new double[rows.Labels.Length], 1);
        for (int row = 0; row < rows.Labels.Length; row++)
        {
            int index = (int)rows.Labels[row];
            if (index != CategoryEncoder.None) rows.Weights[row] *= _classWeights?[index] ?? 1;
            else (rows.Labels[row], rows.Weights[row]) = (0, 0); // a validation row of a class that training hasn't seen
        }
    }

    void CheckCounts()
    {
        if (LabelMoments.Minimum >= 0 && LabelMoments.Mean > 0) return;
        throw new RedisMLException("LabelNegative", ErrorKind.InvalidData, LabelMoments.Minimum < 0
            ? $"{_specification.Algorithm} predicts counts, and the label '{_specification.Label}' has the value {LabelMoments.Minimum}."
            : $"Every label in '{_specification.Label}' is 0; there is nothing to tell apart.", _specification.Label);
    }

    static RedisMLException NoRows(FeaturePlan plan, TrainingSpecification specification, TrainingStatistics statistics)
    {
        long dropped = statistics.Dropped;
        if (dropped == 0 && statistics.Weightless > 0)
            return new("WeightInvalid", ErrorKind.InvalidData, $"Every row has the weight 0 in '{specification.SampleWeight}'.",
                specification.SampleWeight);
        if (dropped == 0)
            return new("NoRow", ErrorKind.InvalidData, "The dataset has no rows to train on.", specification.Label);
        if (statistics.LabelMissing == dropped)
            return new("LabelMissing", ErrorKind.InvalidData, $"The label '{specification.Label}' is missing in every row.",
                specification.Label);
        var (column, missing) = plan.Features
            .Select((feature, i) => (feature.Column, Missing: statistics.FeatureMissing[i]))
            .MaxBy(f => f.Missing);
        return new("NoRow", ErrorKind.InvalidData,
            $"Every one of the {dropped:N0} rows misses a value and was dropped; '{column}' is missing in {missing:N0}. " +
            "Leave such columns out of the features, or use -Missing Mean.", column);
    }
}
