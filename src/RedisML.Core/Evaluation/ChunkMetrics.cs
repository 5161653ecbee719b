namespace RedisML.Evaluation;

/// <summary>The figures of some rows, to be merged in the order of rows, so that the number of workers changes nothing.</summary>
internal abstract class ChunkMetrics
{
    public long Rows { get; protected set; }

    public double Weight { get; protected set; }

    public long RowsWithoutLabel { get; protected set; }

    public long RowsWithoutPrediction { get; protected set; }

    public long UnseenValues { get; protected set; }

    /// <summary>Adds the figures of the rows that follow.</summary>
    public virtual void Merge(ChunkMetrics next)
    {
        Rows += next.Rows;
        Weight += next.Weight;
        RowsWithoutLabel += next.RowsWithoutLabel;
        RowsWithoutPrediction += next.RowsWithoutPrediction;
        UnseenValues += next.UnseenValues;
    }

    public EvaluationResult Result() => Figures() with
    {
        Rows = Rows,
        Weight = Weight,
        RowsWithoutLabel = RowsWithoutLabel,
        RowsWithoutPrediction = RowsWithoutPrediction,
        UnseenValues = UnseenValues,
    };

    /// <summary>The figures of the task.</summary>
    protected abstract EvaluationResult Figures();

    /// <summary>Counts a row, unless it counts for nothing.</summary>
    /// <param name="weight">NaN where it is missing; 0 is as if the row weren't there.</param>
    /// <returns>Whether the figures speak of it.</returns>
    protected bool Count(bool hasLabel, bool hasPrediction, double weight)
    {
        if (weight == 0) return false;
        if (!hasLabel || double.IsNaN(weight)) RowsWithoutLabel++;
        else if (!hasPrediction) RowsWithoutPrediction++;
        else
        {
            Rows++;
            Weight += weight;
            return true;
        }
        return false;
    }
}
