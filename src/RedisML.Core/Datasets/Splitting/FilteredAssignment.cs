namespace RedisML.Datasets.Splitting;

/// <summary>The rows for which a condition is true to the second part, all others to the first.</summary>
sealed class FilteredAssignment(RowFilter filter) : RowAssignment
{
    public override void Assign(DatasetChunk chunk, Span<int> target)
    {
        target.Clear();
        foreach (int row in filter.Matching(chunk)) target[row] = 1;
    }
}
