using RedisML.Features;

namespace RedisML.LightGbm;

/// <summary>Rows as LightGBM takes them: a value a feature, a category by the number of its level, NaN for what is missing or wasn't
/// seen.</summary>
sealed class FeatureRows
{
    readonly (bool IsCategory, int Index, int Offset)[] _columns;

    public FeatureRows(FeaturePipeline pipeline)
    {
        int numbers = 0, categories = 0, offset = 0;
        var columns = new List<(bool, int, int)>();
        foreach (var feature in pipeline.Features)
        {
            bool isCategory = feature is CategoryFeature;
            columns.Add((isCategory, isCategory ? categories++ : numbers++, offset));
            offset += feature.Width;
        }
        _columns = [.. columns];
        CategoricalColumns = [.. Enumerable.Range(0, _columns.Length).Where(i => _columns[i].IsCategory)];
    }

    public int Columns => _columns.Length;

    /// <summary>Which of the columns are categories.</summary>
    public IReadOnlyList<int> CategoricalColumns { get; }

    /// <param name="target">[rows, columns] in row order, at its start.</param>
    public void Fill(EncodedBlock block, Span<double> target)
    {
        for (int column = 0; column < _columns.Length; column++)
        {
            var (isCategory, index, offset) = _columns[column];
            if (isCategory)
            {
                var positions = block.Category(index);
                for (int row = 0, at = column; row < positions.Length; row++, at += _columns.Length)
                    target[at] = positions[row] < 0 ? double.NaN : positions[row] - offset;
            }
            else
            {
                var numbers = block.Number(index);
                for (int row = 0, at = column; row < numbers.Length; row++, at += _columns.Length) target[at] = numbers[row];
            }
        }
    }
}
