namespace RedisML.Evaluation;

/// <summary>Scores of rows, with their weights where one isn't 1.</summary>
internal sealed class ScoredRows
{
    readonly List<double> _scores = [];
    List<double>? _weights;

    public int Count => _scores.Count;

    public double Score(int row) => _scores[row];

    public double Weight(int row) => _weights?[row] ?? 1;

    public void Add(double score, double weight)
    {
        if (weight != 1) _weights ??= [.. Enumerable.Repeat(1.0, _scores.Count)];
        _scores.Add(score);
        _weights?.Add(weight);
    }

    /// <summary>Ascending by score.</summary>
    public (double[] Scores, double[] Weights) Sorted()
    {
        double[] scores = [.. _scores], weights = _weights is null ? [.. Enumerable.Repeat(1.0, scores.Length)] : [.. _weights];
        if (_weights is null) Array.Sort(scores);
        else Array.Sort(scores, weights);
        return (scores, weights);
    }
}
