using RedisML.Training;

namespace RedisML.Benchmarks.Rivals;

/// <summary>What boosted trees learn of the small shared sets: the benchmark and the tests ask the same.</summary>
static class BoostSets
{
    public static TrainingSpecification Adult { get; } = new() { Algorithm = "LightGbm", Label = "income-per-year" };

    public static TrainingSpecification BikeHour { get; } = new()
    {
        Algorithm = "LightGbm",
        Label = "cnt",
        Features =
            ["season", "yr", "mnth", "hr", "holiday", "weekday", "workingday", "weathersit", "temp", "atemp", "hum", "windspeed"],
        Categories = ["season", "mnth", "hr", "weekday", "weathersit"],
    };
}
