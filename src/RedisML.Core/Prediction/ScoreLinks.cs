namespace RedisML.Prediction;

/// <summary>What scores say: of the rows of a block, all rows' scores of the first output, then of the second. NaN stays NaN.</summary>
public static class ScoreLinks
{
    /// <summary>e to the power of the score.</summary>
    public static void Exponential(ReadOnlySpan<double> scores, Span<double> values)
    {
        for (int row = 0; row < scores.Length; row++) values[row] = Math.Exp(scores[row]);
    }

    /// <summary>Of log odds, the likelier of two classes, and the probabilities of both, each exact where it is small.</summary>
    /// <param name="probabilities">[rows, 2].</param>
    public static void Logistic(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities)
    {
        for (int row = 0; row < scores.Length; row++)
        {
            double score = scores[row], exp = Math.Exp(-Math.Abs(score)), less = exp / (1 + exp), more = 1 / (1 + exp);
            values[row] = score > 0 ? 1 : score <= 0 ? 0 : double.NaN;
            (probabilities[2 * row], probabilities[2 * row + 1]) = score > 0 ? (less, more) : (more, less);
        }
    }

    /// <summary>Of a score a class, the likeliest one, and the probabilities of all.</summary>
    /// <param name="probabilities">[rows, classes].</param>
    public static void Softmax(ReadOnlySpan<double> scores, Span<double> values, Span<double> probabilities)
    {
        int rows = values.Length, classes = scores.Length / rows;
        for (int row = 0; row < rows; row++)
        {
            var ofRow = probabilities.Slice(row * classes, classes);
            int best = 0;
            for (int k = 0; k < classes; k++)
            {
                ofRow[k] = scores[k * rows + row];
                if (ofRow[k] > ofRow[best]) best = k;
            }
            values[row] = double.IsNaN(ofRow[best]) ? double.NaN : best;
            double largest = ofRow[best], total = 0;
            foreach (ref double value in ofRow) total += value = Math.Exp(value - largest);
            foreach (ref double value in ofRow) value /= total;
        }
    }
}
