namespace RedisML.Training;

/// <summary>How far a training is.</summary>
/// <param name="Iteration">0 while rows are loaded.</param>
/// <param name="Loss">The mean loss of a row without the penalty (squared error, or log loss); NaN while rows are loaded.</param>
/// <param name="Rows">Rows loaded so far, then the rows used.</param>
/// <param name="RowsPerSecond">The rate of loading, then of evaluating: a row counts once an evaluation.</param>
public readonly record struct TrainingProgress(int Iteration, double Loss, long Rows, double RowsPerSecond);
