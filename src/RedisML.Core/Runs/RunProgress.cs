namespace RedisML.Runs;

/// <summary>How far a run is.</summary>
/// <param name="Iteration">0 while rows are loaded.</param>
/// <param name="Loss">What the program reports, of a training the mean loss of a row without the penalty;
/// NaN while rows are loaded, and where it wasn't measured.</param>
/// <param name="Rows">Rows loaded so far, then the rows used.</param>
/// <param name="RowsPerSecond">The rate of loading, then of evaluating: a row counts once an evaluation.</param>
/// <param name="RowsDropped">Rows left out so far.</param>
/// <param name="ValidationLoss">The mean loss of a validation row after this iteration; NaN where that isn't known (yet).</param>
public readonly record struct RunProgress(
    int Iteration, double Loss, long Rows, double RowsPerSecond, long RowsDropped = 0, double ValidationLoss = double.NaN)
{
    /// <summary>The same with the loss that was told last, where none was measured now.</summary>
    internal RunProgress After(RunProgress? last) => double.IsNaN(Loss) && last is { } before ? this with { Loss = before.Loss } : this;
}
