
namespace RedisML.Features;

/// <summary>Where the features of a pipeline lie in an encoded row, and how rows are cut into blocks.</summary>
internal sealed class EncodedLayout
{
    public EncodedLayout(IReadOnlyList<Feature> features)
    {
        Features = features;
        var numbers = new List<int>();
        var encoders = new List<CategoryEncoder>();
        foreach (var feature in features)
        {
            if (feature is CategoryFeature category)
            {
                int missing = category.MissingLevel ? Width + category.Levels.Count : CategoryEncoder.None;
                encoders.Add(new CategoryEncoder(category.Levels, Width, missing));
            }
            else
            {
                numbers.Add(Width);
            }
            Width += feature.Width;
        }
        NumberPositions = [.. numbers];
        Categories = [.. encoders];
    }

    public IReadOnlyList<Feature> Features { get; }

    /// <summary>The length of an encoded row.</summary>
    public int Width { get; }

    /// <summary>The position of each numeric feature, in order.</summary>
    public int[] NumberPositions { get; }

    /// <summary>The encoder of each category, in order.</summary>
    public CategoryEncoder[] Categories { get; }
}
