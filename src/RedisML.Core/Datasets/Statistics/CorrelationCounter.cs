using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Datasets.Statistics;

/// <summary>Counts what Pearson's correlations of numeric columns follow from: of each two, over the rows where both have
/// a value.</summary>
sealed class CorrelationCounter
{
    readonly IReadOnlyList<DatasetColumn> _columns;
    readonly int[] _indices;
    readonly Sums[] _sums;

    /// <param name="indices">Which columns of the dataset: numeric ones that have values.</param>
    public CorrelationCounter(Dataset dataset, int[] indices)
    {
        (_columns, _indices) = ([.. indices.Select(i => dataset.Columns[i])], indices);
        _sums = new Sums[indices.Length * (indices.Length - 1) / 2];
    }

    public void Add(RecordBatch batch)
    {
        int rows = batch.Length;
        var values = new double[_indices.Length][];
        Parallel.For(0, _indices.Length, i => values[i] = Read(batch.Column(_indices[i]), _columns[i], rows));
        Parallel.For(1, _indices.Length, i =>
        {
            for (int j = 0; j < i; j++) _sums[i * (i - 1) / 2 + j].Add(values[i], values[j]);
        });
    }

    /// <summary>Each two once.</summary>
    public List<ColumnCorrelation> Complete()
    {
        var all = new List<ColumnCorrelation>(_sums.Length);
        for (int i = 1; i < _indices.Length; i++)
            for (int j = 0; j < i; j++)
            {
                var sums = _sums[i * (i - 1) / 2 + j];
                all.Add(new(_columns[j].Name, _columns[i].Name, sums.Rows, sums.Coefficient));
            }
        return all;
    }

    /// <summary>A column's values in deviations from its mean, so that large ones with small differences lose no digits;
    /// NaN where one is missing.</summary>
    static double[] Read(IArrowArray array, DatasetColumn column, int rows)
    {
        var values = new double[rows];
        var (mean, scale) = (column.Statistics.Mean, column.Statistics.StandardDeviation is > 0 and var deviation ? 1 / deviation : 1);
        for (int row = 0; row < rows; row++)
            values[row] = ArrowValues.TryGetDouble(array, row, out double value) ? (value - mean) * scale : double.NaN;
        return values;
    }

    struct Sums
    {
        double _x, _y, _xx, _yy, _xy;

        public long Rows { get; private set; }

        public readonly double? Coefficient
        {
            get
            {
                double x = _xx - _x * _x / Rows, y = _yy - _y * _y / Rows, least = 1e-12 * Rows;
                return Rows < 2 || !(x > least) || !(y > least) ? null
                    : Math.Clamp((_xy - _x * _y / Rows) / Math.Sqrt(x * y), -1, 1);
            }
        }

        public void Add(double[] xs, double[] ys)
        {
            for (int row = 0; row < xs.Length; row++)
            {
                double x = xs[row], y = ys[row];
                if (!double.IsFinite(x + y)) continue;
                Rows++;
                _x += x;
                _y += y;
                _xx += x * x;
                _yy += y * y;
                _xy += x * y;
            }
        }
    }
}
