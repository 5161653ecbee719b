using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Features;

/// <summary>Features fitted to the statistics of all rows.</summary>
internal sealed class FeatureFit
{
    /// <param name="moments">Of each number, in order.</param>
    /// <param name="levels">Of each category, in order.</param>
    /// <param name="meanWeight">What a row counts beside the weights that the statistics have.</param>
    /// <exception cref="RedisMLException"><c>InfiniteValue</c>.</exception>
    public FeatureFit(
        IEnumerable<PlannedFeature> planned, IReadOnlyList<ColumnMoments> moments, IReadOnlyList<LevelWeights> levels, double meanWeight)
    {
        var features = new List<Feature>();
        var squareSums = new List<double>();
        int numbers = 0, categories = 0;
        foreach (var (column, type, isCategory) in planned)
        {
            if (isCategory)
            {
                var found = levels[categories++];
                var names = Categories.Order(type, found.Weights.Keys);
                features.Add(new CategoryFeature(column, type, names, found.Missing > 0));
                squareSums.AddRange(names.Select(name => found.Weights[name] * meanWeight));
                if (found.Missing > 0) squareSums.Add(found.Missing * meanWeight);
            }
            else
            {
                var found = moments[numbers++];
                if (!found.IsFinite) throw Infinite(column);
                features.Add(new NumericFeature(column, found.Mean, found.Scale));
                squareSums.Add(found.M2 / (found.Scale * found.Scale) * meanWeight);
            }
        }
        (Features, SquareSums, Layout) = (features, [.. squareSums], new(features));
    }

    public IReadOnlyList<Feature> Features { get; }

    public EncodedLayout Layout { get; }

    /// <summary>The sum of squares of each position of the encoded rows, each times its weight;
    /// classes count by their mean weight.</summary>
    public double[] SquareSums { get; }

    /// <summary>The error for a column that has a value without end, or whose moments have.</summary>
    public static RedisMLException Infinite(string column) => new("InfiniteValue", ErrorKind.InvalidData,
        $"Column '{column}' has an infinite value, or one too large to be squared; filter or derive it.", column);
}
