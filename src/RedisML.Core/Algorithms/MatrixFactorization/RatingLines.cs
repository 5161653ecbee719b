namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Ratings line by line.</summary>
/// <param name="Starts">[lines + 1]: where each line starts.</param>
/// <param name="Indices">What was rated, or who rated; ascending in a line.</param>
internal sealed record RatingLines(int[] Starts, int[] Indices, float[] Values)
{
    public int Count => Starts.Length - 1;

    public ReadOnlySpan<int> IndicesOf(int line) => Indices.AsSpan(Starts[line]..Starts[line + 1]);

    public ReadOnlySpan<float> ValuesOf(int line) => Values.AsSpan(Starts[line]..Starts[line + 1]);
}
