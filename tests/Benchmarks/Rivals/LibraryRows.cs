using Apache.Arrow;
using RedisML.Columns;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.LightGbm;

namespace RedisML.Benchmarks.Rivals;

/// <summary>Rows as arrays in memory, from which LightGBM's own library trains, and scikit-learn: of the features of a pipeline, and only
/// those with a label.</summary>
sealed class LibraryRows(FeaturePipeline pipeline)
{
    readonly FeatureRows _features = new(pipeline);
    readonly EncodedLayout _layout = new(pipeline.Features);
    readonly DerivedColumns _derived = new(pipeline.Derived);
    readonly Dictionary<string, float>? _classes = pipeline.Label.Classes?.Index().ToDictionary(c => c.Item, c => (float)c.Index);
    readonly List<double> _values = [];
    readonly List<float> _labels = [];

    /// <summary>[rows, columns] in row order; a category by the number of its level, NaN for what is missing.</summary>
    public double[] Values => [.. _values];

    /// <summary>Numbers, or the numbers of classes.</summary>
    public float[] Labels => [.. _labels];

    /// <summary>0 for a number.</summary>
    public int Classes => _classes?.Count ?? 0;

    public IReadOnlyList<int> CategoricalColumns => _features.CategoricalColumns;

    public void Add(RecordBatch batch)
    {
        using var columns = new BatchColumns(batch, _derived);
        var encoder = BlockEncoder.Of(_layout, columns);
        var label = columns[pipeline.Label.Column];
        var text = _classes is null ? null : Categories.Of(label, pipeline.Label.Type);
        for (int block = 0; block < encoder.Blocks.Count; block++)
        {
            var encoded = encoder.Encode(block, new bool[encoder.Blocks.MaxBlockRows]);
            var rows = new double[encoded.Rows * _features.Columns];
            _features.Fill(encoded, rows);
            for (int row = 0; row < encoded.Rows; row++)
            {
                int at = encoder.Blocks.Start(block) + row;
                float value = text is null ? (float)((NumberVector)label).Values[at]
                    : text.Codes[at] < 0 ? float.NaN : _classes![text.Levels[text.Codes[at]]];
                if (float.IsNaN(value)) continue;
                _labels.Add(value);
                _values.AddRange(rows.AsSpan(row * _features.Columns, _features.Columns));
            }
        }
    }
}
