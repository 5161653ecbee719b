using System.Text.Json;
using RedisML.Features;
using RedisML.Training;

namespace RedisML.NearestCentroid;

/// <summary>The training that the tests do.</summary>
public static class CentroidRun
{
    public static TrainingSpecification Specification(int passes) => new()
    {
        Algorithm = "NearestCentroid",
        Label = "k",
        Features = ["a", "b", "c", "y"],
        Categories = ["k"],
        Missing = MissingPolicy.Mean,
        Options = new Dictionary<string, JsonElement> { [CentroidAlgorithm.PassesName] = JsonSerializer.SerializeToElement(passes) },
    };
}
