using RedisML.Models;
using RedisML.Prediction;
using RedisML.Training;

namespace RedisML.Unit.Fixtures;

/// <summary>Models that tests make by hand.</summary>
static class TestModels
{
    public static ModelTask TaskOf(string algorithm) => ((IAlgorithm)ModelFamilies.Get(algorithm)).Task!.Value;
}
