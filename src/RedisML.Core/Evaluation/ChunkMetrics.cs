namespace RedisML.Evaluation;

/// <summary>The figures of some rows, to be merged in the order of rows, so that the number of workers changes nothing.</summary>
internal abstract class ChunkMetrics
{
    public long Rows { get; protected set; }

    public long RowsWithoutLabel { get; protected set; }

    public long RowsWithoutPrediction { get; protected set; }

    public long UnseenValues { get; protected set; }

    /// <summary>Adds the figures of the rows that follow.</summary>
    public virtual void Merge(ChunkMetrics next)
    {
        Rows += next.Rows;
        RowsWithoutLabel += next.RowsWithoutLabel;
        RowsWithoutPrediction += next.RowsWithoutPrediction;
        UnseenValues += next.UnseenValues;
    }

    public virtual EvaluationResult Result() => new()
    {
        Rows = Rows,
        RowsWithoutLabel = RowsWithoutLabel,
        RowsWithoutPrediction = RowsWithoutPrediction,
        UnseenValues = UnseenValues,
    };
}
