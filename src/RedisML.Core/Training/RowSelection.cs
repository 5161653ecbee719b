namespace RedisML.Training;

/// <summary>Which rows a step is about.</summary>
internal enum RowSet
{
    /// <summary>All that are trained on.</summary>
    Training,

    /// <summary>A part of those: one batch of a pass over them.</summary>
    Batch,

    /// <summary>The rows of the validation dataset.</summary>
    Validation,
}

/// <summary>The rows of a step.</summary>
/// <param name="Epoch">For a batch, the pass over the rows, from 0: each draws its batches anew.</param>
/// <param name="Batch">For a batch, its number within the pass, from 0.</param>
internal readonly record struct RowSelection(RowSet Set, int Epoch = 0, int Batch = 0)
{
    public static RowSelection All => new(RowSet.Training);

    public static RowSelection Validation => new(RowSet.Validation);
}
