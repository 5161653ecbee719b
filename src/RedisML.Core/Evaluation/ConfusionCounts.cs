using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Evaluation;

/// <summary>Adds up a <see cref="ConfusionMatrix"/>, of which only the classes that occur take memory.</summary>
/// <param name="classes">Those that the model knows.</param>
/// <param name="unseen">Others that occur; their indices follow.</param>
internal sealed class ConfusionCounts(IReadOnlyList<string> classes, IReadOnlyList<string> unseen)
{
    readonly double[]?[] _counts = new double[classes.Count + unseen.Count][];

    /// <summary>What <see cref="Merge"/> added of classes that the model doesn't know.</summary>
    readonly SortedDictionary<string, double[]> _merged = new(StringComparer.Ordinal);

    public void Add(int actual, int predicted, double weight) => (_counts[actual] ??= new double[classes.Count])[predicted] += weight;

    public void Merge(ConfusionCounts next)
    {
        for (int i = 0; i < classes.Count; i++)
        {
            if (next._counts[i] is { } counts) Add(_counts[i] ??= new double[classes.Count], counts);
        }
        foreach (var (name, counts) in next.Unseen())
        {
            if (!_merged.TryGetValue(name, out var sum)) _merged[name] = sum = new double[classes.Count];
            Add(sum, counts);
        }
        if (_merged.Count <= Categories.MaxLevels) return;
        throw new RedisMLException("TooManyLevels", ErrorKind.LimitsExceeded,
            $"The label has more than {Categories.MaxLevels:N0} classes that training didn't see; it isn't the column that the model was " +
            "trained on.");
    }

    public ConfusionMatrix ToMatrix()
    {
        var others = new SortedDictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var (name, counts) in Unseen())
        {
            if (!others.TryGetValue(name, out var sum)) others[name] = sum = new double[classes.Count];
            Add(sum, counts);
        }
        double[]?[] rows = [.. _counts.AsSpan(0, classes.Count), .. others.Values];
        var matrix = new double[rows.Length, classes.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; rows[i] is { } row && j < row.Length; j++) matrix[i, j] = row[j];
        }
        return new(classes, [.. classes, .. others.Keys], matrix);
    }

    IEnumerable<KeyValuePair<string, double[]>> Unseen()
    {
        for (int i = 0; i < unseen.Count; i++)
        {
            if (_counts[classes.Count + i] is { } counts) yield return new(unseen[i], counts);
        }
        foreach (var other in _merged) yield return other;
    }

    static void Add(double[] sum, double[] counts)
    {
        for (int i = 0; i < sum.Length; i++) sum[i] += counts[i];
    }
}
