using RedisML.Features;
using RedisML.Models;

namespace RedisML.Training;

/// <summary>A feature pipeline fitted to the statistics of all chunks.</summary>
internal sealed class PipelineFit
{
    readonly TrainingSpecification _specification;
    readonly ColumnMoments[] _numbers;
    readonly CategoryEncoder? _classes;

    public PipelineFit(FeaturePlan plan, TrainingSpecification specification, TrainingStatistics statistics)
    {
        _specification = specification;
        Rows = statistics.Rows;
        Dropped = statistics.Dropped;
        if (Rows == 0) throw NoRows(plan, specification, statistics);

        LabelEncoding label;
        if (specification.Algorithm == Algorithm.Linear)
        {
            LabelMoments = statistics.LabelMoments;
            label = new(specification.Label, plan.LabelType, null);
        }
        else
        {
            var counts = statistics.Classes.Counts;
            var classes = LabelClasses.Order(specification, plan.LabelType, counts.Keys);
            ClassCounts = [.. classes.Select(name => counts[name])];
            _classes = new CategoryEncoder(classes);
            label = new(specification.Label, plan.LabelType, classes);
        }

        var features = new List<Feature>();
        var numbers = new List<ColumnMoments>();
        var squareSums = new List<double>();
        int categories = 0;
        foreach (var (column, type, isCategory) in plan.Features)
        {
            if (isCategory)
            {
                var found = statistics.Levels[categories++];
                var levels = Categories.Order(type, found.Counts.Keys);
                features.Add(new CategoryFeature(column, type, levels, found.Missing > 0));
                squareSums.AddRange(levels.Select(level => (double)found.Counts[level]));
                if (found.Missing > 0) squareSums.Add(found.Missing);
            }
            else
            {
                var moments = statistics.Moments[numbers.Count];
                if (!moments.IsFinite) throw ChunkLoader.Infinite(column);
                features.Add(new NumericFeature(column, moments.Mean, moments.Scale));
                squareSums.Add(moments.M2 / (moments.Scale * moments.Scale));
                numbers.Add(moments);
            }
        }
        _numbers = [.. numbers];
        SquareSums = [.. squareSums];
        Pipeline = new FeaturePipeline
        {
            Inputs = plan.Inputs(),
            Derived = plan.NeededDerived(),
            Features = features,
            Label = label,
            Missing = specification.Missing,
        };
        Layout = new EncodedLayout(features);
    }

    public FeaturePipeline Pipeline { get; }

    public EncodedLayout Layout { get; }

    /// <summary>Rows used.</summary>
    public long Rows { get; }

    /// <summary>Rows left out because a value was missing.</summary>
    public long Dropped { get; }

    /// <summary>The sum of squares of each position of the encoded rows.</summary>
    public double[] SquareSums { get; }

    /// <summary>The moments of the label, for regression.</summary>
    public ColumnMoments LabelMoments { get; }

    /// <summary>The rows of each class, for classification.</summary>
    public long[] ClassCounts { get; } = [];

    /// <summary>Encodes the rows of a chunk in place.</summary>
    public void Encode(LoadedChunk chunk)
    {
        var rows = chunk.Rows;
        var maps = chunk.Levels.Zip(Layout.Categories, (levels, encoder) => encoder.Map(levels.Names)).ToArray();
        for (int block = 0; block < rows.Blocks.Count; block++)
        {
            for (int i = 0; i < _numbers.Length; i++)
                Standardizer.Apply(rows.Number(block, i), _numbers[i].Mean, _numbers[i].Scale);
            for (int i = 0; i < maps.Length; i++)
                Layout.Categories[i].Encode(rows.Category(block, i), maps[i], rows.Category(block, i));
        }
        if (_classes is null) return;
        var classes = _classes.Map(chunk.LabelLevels.Names);
        foreach (ref double label in rows.Labels.AsSpan()) label = classes[(int)label];
    }

    static RedisMLException NoRows(FeaturePlan plan, TrainingSpecification specification, TrainingStatistics statistics)
    {
        long dropped = statistics.Dropped;
        if (dropped == 0)
            return new("NoRow", ErrorKind.InvalidData, "The dataset has no rows to train on.", specification.Label);
        if (statistics.LabelMissing == dropped)
            return new("LabelMissing", ErrorKind.InvalidData, $"The label '{specification.Label}' is missing in every row.", specification.Label);
        var (column, missing) = plan.Features
            .Select((feature, i) => (feature.Column, Missing: statistics.FeatureMissing[i]))
            .MaxBy(f => f.Missing);
        return new("NoRow", ErrorKind.InvalidData,
            $"Every one of the {dropped:N0} rows misses a value and was dropped; '{column}' is missing in {missing:N0}. " +
            "Leave such columns out of the features, or use -Missing Mean.", column);
    }
}
