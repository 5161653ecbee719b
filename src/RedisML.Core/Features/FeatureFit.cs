using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Features;

/// <summary>Features fitted to the statistics of all rows.</summary>
internal sealed class FeatureFit
{
    /// <param name="moments">Of each number, in order.</param>
    /// <param name="levels">Of each category, in order.</param>
    /// <param name="meanWeight">What a row counts beside the weights that the statistics have.</param>
    /// <param name="missing">What a missing value becomes; where it is kept, numbers stay as they are too.</param>
    /// <exception cref="RedisMLException"><c>InfiniteValue</c>.</exception>
    public FeatureFit(
        IEnumerable<PlannedFeature> planned, IReadOnlyList<ColumnMoments> moments, IReadOnlyList<LevelWeights> levels, double meanWeight,
        MissingPolicy missing)
    {
        bool isRaw = missing == MissingPolicy.Keep;
        var features = new List<Feature>();
        var squareSums = new List<double>();
        int numbers = 0, categories = 0;
        foreach (var (column, type, isCategory) in planned)
        {
            if (isCategory)
            {
                var found = levels[categories++];
                var names = Categories.Order(type, found.Weights.Keys);
                bool isLevel = !isRaw && found.Missing > 0;
                features.Add(new CategoryFeature(column, type, names, isLevel));
                squareSums.AddRange(names.Select(name => found.Weights[name] * meanWeight));
                if (isLevel) squareSums.Add(found.Missing * meanWeight);
            }
            else
            {
                var found = moments[numbers++];
                if (!found.IsFinite) throw Infinite(column);
                features.Add(isRaw ? new RawFeature(column) : new NumericFeature(column, found.Mean, found.Scale));
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
