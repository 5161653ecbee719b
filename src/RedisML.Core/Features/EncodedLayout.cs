
namespace RedisML.Features;

/// <summary>Where the features of a pipeline lie in an encoded row, and how rows are cut into blocks.</summary>
public sealed class EncodedLayout
{
    public EncodedLayout(IReadOnlyList<Feature> features)
    {
        Features = features;
        var positions = new List<int>();
        var numbers = new List<NumericFeature?>();
        var encoders = new List<CategoryEncoder>();
        foreach (var feature in features)
        {
            if (feature is CategoryFeature category)
            {
                int missing = category.MissingLevel ? Width + category.Levels.Count : CategoryEncoder.None;
                encoders.Add(new CategoryEncoder(category.Levels, Width, missing));
            }
            else if (feature is HashedFeature hashed)
            {
                encoders.Add(CategoryEncoder.Hashed(hashed.Bits, Width));
            }
            else
            {
                positions.Add(Width);
                numbers.Add(feature as NumericFeature);
            }
            Width += feature.Width;
        }
        NumberPositions = [.. positions];
        Numbers = [.. numbers];
        Categories = [.. encoders];
    }

    public IReadOnlyList<Feature> Features { get; }

    /// <summary>The length of an encoded row.</summary>
    public int Width { get; }

    /// <summary>The position of each numeric feature, in order.</summary>
    public int[] NumberPositions { get; }

    /// <summary>How each number is standardised, in order; null for one that stays as it is.</summary>
    internal NumericFeature?[] Numbers { get; }

    /// <summary>The encoder of each category, in order.</summary>
    internal CategoryEncoder[] Categories { get; }
}
