using RedisML.Features;
using RedisML.LightGbm.Native;
using RedisML.LightGbm.Trees;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.LightGbm.Training;

/// <summary>The rows that a node holds, as the library takes them.</summary>
/// <param name="isWeighted">Whether rows have weights that differ.</param>
sealed class ShareRows(TabularData data, FeatureRows rows, bool isWeighted)
{
    /// <summary>The rows of a share, their weight, and the sum of their labels by weight.</summary>
    public (int Rows, double Weight, double Labels) Count(Share share)
    {
        int count = 0;
        double weight = 0, labels = 0;
        data.Visit(share, (block, targets) =>
        {
            count = checked(count + block.Rows);
            weight += targets.TotalWeight;
            for (int row = 0; row < block.Rows; row++)
                labels += targets.Labels[row] * (targets.Weights.IsEmpty ? 1 : targets.Weights[row]);
        });
        return (count, weight, labels);
    }

    /// <summary>Some rows of a share, drawn by their place.</summary>
    /// <param name="fraction">How many of them.</param>
    /// <returns>[rows, columns] in row order.</returns>
    public double[] Sample(Share share, double fraction)
    {
        int count = 0;
        ulong first = (ulong)share.First << 40, place = first;
        data.Visit(share, (block, _) =>
        {
            for (int row = 0; row < block.Rows; row++)
                if (IsDrawn(place++)) count++;
        });
        // Counted before, so that what may be most of the rows is there once.
        var sample = new double[checked(count * rows.Columns)];
        var values = Array.Empty<double>();
        int next = 0;
        place = first;
        data.Visit(share, (block, _) =>
        {
            Fill(block, ref values);
            for (int row = 0; row < block.Rows; row++)
            {
                if (!IsDrawn(place++)) continue;
                values.AsSpan(row * rows.Columns, rows.Columns).CopyTo(sample.AsSpan(next));
                next += rows.Columns;
            }
        });
        return sample;

        bool IsDrawn(ulong at) => fraction >= 1 || Mix(at) < fraction;
    }

    /// <summary>The rows of a share as a dataset of the library.</summary>
    /// <param name="trees">The trees so far, from whose scores training goes on; where there are none it starts at <paramref name="bias"/>,
    /// and where that is NaN wherever the library starts.</param>
    public NativeDataset Open(
        byte[] reference, Share share, int count, IReadOnlyList<string> trees, int outputs, double bias, string parameters) =>
        Open(reference, count, trees, outputs, bias, parameters, visit => data.Visit(share, visit));

    /// <summary>The validation rows as a dataset of the library.</summary>
    public NativeDataset OpenValidation(byte[] reference, IReadOnlyList<string> trees, int outputs, double bias, string parameters)
    {
        int count = 0;
        data.VisitValidation((block, _) => count = checked(count + block.Rows));
        return Open(reference, count, trees, outputs, bias, parameters, data.VisitValidation);
    }

    NativeDataset Open(byte[] reference, int count, IReadOnlyList<string> trees, int outputs, double bias, string parameters,
        Action<BlockVisit> visitAll)
    {
        bool hasScores = trees.Count > 0 || !double.IsNaN(bias);
        Tree[] grown = [.. trees.Select(tree => TreeText.Parse(tree, rows.Columns))];
        var dataset = NativeDataset.Open(reference, count, rows.Columns, isWeighted, hasScores ? outputs : 0, -1, parameters);
        try
        {
            double[] values = [], scores = [];
            float[] labels = [], weights = [];
            visitAll((block, targets) =>
            {
                int length = block.Rows;
                Fill(block, ref values);
                if (labels.Length < length) (labels, weights) = (new float[length], new float[length]);
                for (int row = 0; row < length; row++) labels[row] = (float)targets.Labels[row];
                for (int row = 0; row < length; row++) weights[row] = targets.Weights.IsEmpty ? 1 : (float)targets.Weights[row];
                var given = values.AsSpan(0, length * rows.Columns);
                if (hasScores)
                {
                    if (scores.Length < outputs * length) scores = new double[outputs * length];
                    if (grown.Length == 0) scores.AsSpan().Fill(bias);
                    else LightGbmPredictor.Sum(grown, outputs, given, rows.Columns, scores.AsSpan(0, outputs * length));
                }
                dataset.Push(given, labels.AsSpan(0, length), isWeighted ? weights.AsSpan(0, length) : [],
                    hasScores ? scores.AsSpan(0, outputs * length) : []);
            });
            dataset.Finish();
            return dataset;
        }
        catch
        {
            dataset.Dispose();
            throw;
        }
    }

    void Fill(EncodedBlock block, ref double[] values)
    {
        if (values.Length < block.Rows * rows.Columns) values = new double[block.Rows * rows.Columns];
        rows.Fill(block, values);
    }

    /// <summary>A number from 0 to 1 that follows from a place (the finaliser of SplitMix64).</summary>
    static double Mix(ulong place)
    {
        ulong z = place * 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return ((z ^ z >> 31) >> 11) * (1.0 / (1L << 53));
    }
}
