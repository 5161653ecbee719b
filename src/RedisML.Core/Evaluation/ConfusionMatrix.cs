namespace RedisML.Evaluation;

/// <summary>How often each class was predicted for each; rows count by their weight.</summary>
/// <param name="Classes">Those that the model knows, in order, the positive class last.</param>
/// <param name="Actual">The same, then those of the label that training didn't see, ordinal.</param>
/// <param name="Counts">[actual, predicted].</param>
public sealed record ConfusionMatrix(IReadOnlyList<string> Classes, IReadOnlyList<string> Actual, double[,] Counts)
{
    /// <summary>The rows of class <paramref name="actual"/> for which <paramref name="predicted"/> was predicted.</summary>
    public double this[int actual, int predicted] => Counts[actual, predicted];

    /// <summary>The rows of a class.</summary>
    internal double OfActual(int actual)
    {
        double sum = 0;
        for (int predicted = 0; predicted < Classes.Count; predicted++) sum += Counts[actual, predicted];
        return sum;
    }

    /// <summary>The figures of each of <see cref="Actual"/>.</summary>
    internal ClassFigures[] Figures()
    {
        var predictions = new double[Actual.Count]; // of a class that training didn't see there are none
        for (int actual = 0; actual < Actual.Count; actual++)
        {
            for (int predicted = 0; predicted < Classes.Count; predicted++) predictions[predicted] += Counts[actual, predicted];
        }
        return [.. Actual.Select((name, i) =>
        {
            double hits = i < Classes.Count ? Counts[i, i] : 0, support = OfActual(i);
            return new ClassFigures(name, Share(hits, predictions[i]), Share(hits, support), Share(2 * hits, support + predictions[i]),
                support);
        })];

        static double? Share(double part, double whole) => whole > 0 ? part / whole : null;
    }
}
