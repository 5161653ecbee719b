namespace RedisML.Prediction.Distributed;

/// <summary>How far a prediction over nodes is.</summary>
/// <param name="Rows">Rows predicted so far, of all nodes.</param>
/// <param name="Nodes">How many take part.</param>
/// <param name="IsWaiting">Whether it waits for more.</param>
public readonly record struct PredictionProgress(long Rows, long TotalRows, int Nodes, bool IsWaiting);
