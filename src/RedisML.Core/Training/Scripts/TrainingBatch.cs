using RedisML.Errors;
using RedisML.Features;

namespace RedisML.Training.Scripts;

/// <summary>Some rows as a training script sees them: columns by name, the encoded features as a matrix,
/// the label and the weights.</summary>
public sealed class TrainingBatch
{
    readonly EncodedLayout _layout;
    readonly Dictionary<string, Array> _columns = new(StringComparer.OrdinalIgnoreCase);

    internal TrainingBatch(EncodedLayout layout, EncodedBlock block, Targets targets, IReadOnlyList<string>? classes)
    {
        _layout = layout;
        Features = new(block);
        Label = targets.Labels.ToArray();
        Weight = targets.Weights.IsEmpty ? null : targets.Weights.ToArray();
        Classes = classes;
    }

    public int Rows => Label.Length;

    /// <summary>The encoded features: numbers standardised, categories one-hot.</summary>
    public FeatureMatrix Features { get; }

    /// <summary>[Rows]: the number to predict, or the index of the class in <see cref="Classes"/>.</summary>
    public double[] Label { get; }

    /// <summary>[Rows]: what each row counts; null where each counts 1.</summary>
    public double[]? Weight { get; }

    /// <summary>The classes of the label, in order; null for a number.</summary>
    public IReadOnlyList<string>? Classes { get; }

    /// <summary>The names of the columns that are features.</summary>
    public IEnumerable<string> Columns => _layout.Features.Select(feature => feature.Column);

    /// <summary>[Rows]: a feature before it was encoded, as <c>double[]</c>, a category as <c>string[]</c>. A missing number is the mean, a
    /// missing category null.</summary>
    /// <exception cref="RedisMLException"><c>ColumnNotFound</c>.</exception>
    public Array this[string column] => _columns.TryGetValue(column, out var values) ? values : _columns[column] = Decode(column);

    Array Decode(string column)
    {
        int number = 0, category = 0;
        foreach (var feature in _layout.Features)
        {
            bool isWanted = feature.Column.Equals(column, StringComparison.OrdinalIgnoreCase);
            if (feature is NumericFeature(_, var mean, var scale))
            {
                if (isWanted) return Array.ConvertAll(Features.Number(number).ToArray(), value => value * scale + mean);
                number++;
            }
            else
            {
                if (isWanted) return Levels((CategoryFeature)feature, category);
                category++;
            }
        }
        throw NearestName.NotFound("ColumnNotFound", "column", column, Columns, next: "");
    }

    string?[] Levels(CategoryFeature feature, int category)
    {
        int first = 0;
        foreach (var other in _layout.Features)
        {
            if (other == feature) break;
            first += other.Width;
        }
        return Array.ConvertAll(Features.Category(category).ToArray(), position =>
            position - first is >= 0 and var level && level < feature.Levels.Count ? feature.Levels[level] : null);
    }
}
