namespace RedisML.Prediction;

/// <summary>What the user should know of the rows of a dataset, from several threads.</summary>
sealed class PredictionCounts
{
    readonly Lock _lock = new();

    public UnseenLevels Unseen { get; } = new();

    public void Add(Predictions predictions)
    {
        lock (_lock) Unseen.Add(predictions);
    }
}
