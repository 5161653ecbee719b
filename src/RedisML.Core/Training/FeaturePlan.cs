using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Models;

namespace RedisML.Training;

/// <summary>Which columns a training uses and as what, checked against a dataset's schema before any row is read.</summary>
internal sealed class FeaturePlan
{
    readonly TrainingSpecification _specification;
    readonly Dictionary<string, ColumnType> _stored;

    /// <param name="task">Null where the label decides.</param>
    public FeaturePlan(TrainingSpecification specification, ModelTask? task, IReadOnlyList<ColumnSchema> schema)
    {
        _specification = specification;
        _stored = schema.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
        Derived = new DerivedColumns(specification.Derived);
        if (Derived.Ordered.FirstOrDefault(d => _stored.ContainsKey(d.Name)) is { } clash)
            throw Invalid("DerivedColumnExists",
                $"The derived column '{clash.Name}' has the name of a column of the dataset; choose another.", clash.Name);

        foreach (var excluded in specification.ExcludedFeatures) TypeOf(excluded);
        LabelType = TypeOf(specification.Label);
        bool isClass = LabelType == ColumnType.Utf8 || specification.Categories.Contains(specification.Label, StringComparer.Ordinal);
        Task = task ?? (isClass ? ModelTask.Classes : ModelTask.Regression);
        var features = specification.Features ?? DefaultFeatures(schema);
        Features = [.. features.Distinct(StringComparer.Ordinal).Select(Plan)];
        CheckFeatures();
        CheckLabel();
        CheckSampleWeight();
    }

    public DerivedColumns Derived { get; }

    public ColumnType LabelType { get; }

    public ModelTask Task { get; }

    /// <summary>Whether the label is a class.</summary>
    public bool IsClassification => Task.IsClassification();

    public IReadOnlyList<PlannedFeature> Features { get; }

    /// <summary>How many of the features are numbers.</summary>
    public int NumberCount => Features.Count(f => !f.IsCategory);

    /// <summary>The stored columns that the features are computed from.</summary>
    public IReadOnlyList<ColumnSchema> Inputs()
    {
        var sources = Features.SelectMany(f => Derived.Sources(f.Column)).ToHashSet(StringComparer.Ordinal);
        return [.. _stored.Where(c => sources.Contains(c.Key)).Select(c => new ColumnSchema(c.Key, c.Value))];
    }

    /// <summary>The derived columns that the label or a feature needs, each after those that it refers to.</summary>
    public IReadOnlyList<DerivedColumn> NeededDerived()
    {
        var needed = Features.Select(f => f.Column).Append(_specification.Label).SelectMany(Derived.Sources)
            .ToHashSet(StringComparer.Ordinal);
        return [.. Derived.Ordered.Where(d => needed.Contains(d.Name))];
    }

    /// <exception cref="RedisMLException"><c>DatasetTooLarge</c>: so many rows, decoded, don't fit into memory.</exception>
    public void CheckMemory(long rows)
    {
        long row = sizeof(double) * (NumberCount + (_specification.IsWeighted ? 2L : 1)) + sizeof(int) * (Features.Count - NumberCount);
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (rows * (double)row <= available) return;
        throw new RedisMLException("DatasetTooLarge", ErrorKind.LimitsExceeded,
            $"{rows:N0} rows of {row:N0} bytes take {rows * (double)row / 1e9:N1} GB of memory and this process may use " +
            $"{available / 1e9:N1} GB; train on fewer columns, or on a part of the rows.", rows);
    }

    List<string> DefaultFeatures(IReadOnlyList<ColumnSchema> schema)
    {
        var excluded = Derived.Sources(_specification.Label);
        return [.. schema.Select(c => c.Name).Concat(Derived.Ordered.Select(d => d.Name))
            .Where(name => name != _specification.SampleWeight && !TypeOf(name).IsTime
                && !_specification.ExcludedFeatures.Contains(name, StringComparer.Ordinal) && !Derived.Sources(name).Overlaps(excluded))];
    }

    PlannedFeature Plan(string column)
    {
        var type = TypeOf(column);
        if (!type.IsNumeric && !type.IsText)
            throw Invalid("FeatureTypeUnsupported",
                $"Column '{column}' is of type {type}, which no model takes; name the features without it.", column);
        return new(column, type, type == ColumnType.Utf8 || _specification.Categories.Contains(column, StringComparer.Ordinal));
    }

    void CheckFeatures()
    {
        if (Features.Count == 0)
            throw Invalid("NoFeature", $"No column is left to predict '{_specification.Label}' from.", _specification.Label);
        if (Features.Any(f => f.Column == _specification.Label))
            throw Invalid("LabelAmongFeatures", $"The label '{_specification.Label}' can't be a feature too.", _specification.Label);
        foreach (var category in _specification.Categories)
        {
            TypeOf(category);
            if (category != _specification.Label && Features.All(f => f.Column != category))
                throw Invalid("CategoryNotAFeature", $"Column '{category}' is named as a category and isn't a feature.", category);
        }
    }

    void CheckLabel()
    {
        var algorithm = _specification.Algorithm;
        if (!LabelType.IsNumeric && !LabelType.IsText)
            throw Invalid("LabelTypeUnsupported", $"The label '{_specification.Label}' is of type {LabelType}, which no model predicts.",
                _specification.Label);
        if (IsClassification) return;
        if (LabelType == ColumnType.Utf8)
        {
            throw Invalid("LabelNotNumeric",
                $"{algorithm} predicts a number and the label '{_specification.Label}' is text; " +
                (_specification.Options.Count > 0 ? "its options say so: leave them out." : "use Logistic or Softmax."),
                _specification.Label);
        }
        if ((_specification.PositiveClass ?? _specification.ClassWeights.Keys.FirstOrDefault()) is { } name)
            throw Invalid("UnknownClass", $"{algorithm} predicts a number: it has no class '{name}'.", name);
        if (_specification.BalanceClasses)
            throw Invalid("UnknownClass", $"{algorithm} predicts a number: it has no classes to balance.", _specification.Label);
    }

    void CheckSampleWeight()
    {
        if (_specification.SampleWeight is not { } weight) return;
        if (TypeOf(weight) == ColumnType.Utf8)
            throw Invalid("WeightInvalid", $"The weight of a row is a number, and column '{weight}' is text.", weight);
        if (weight == _specification.Label || Features.Any(f => f.Column == weight))
            throw Invalid("WeightInvalid", $"Column '{weight}' can't be the weight of a row and a feature, or the label, too.", weight);
    }

    ColumnType TypeOf(string column) => Derived.TypeOf(column, stored => _stored.TryGetValue(stored, out var type) ? type
        : throw NearestName.NotFound("ColumnNotFound", "column", stored, _stored.Keys.Concat(Derived.Ordered.Select(d => d.Name))));

    /// <summary>Holds the columns that the training reads against those of another dataset, as that of <c>-Validation</c>.</summary>
    /// <exception cref="RedisMLException"><c>ColumnNotFound</c>; <c>SignatureMismatch</c>: text and numbers, or times.</exception>
    public void CheckOther(Dataset other)
    {
        var read = Features.Select(f => f.Column).Append(_specification.Label).Concat(_specification.SampleWeight is { } w ? [w] : [])
            .SelectMany(Derived.Sources).Where(_stored.ContainsKey).Distinct(StringComparer.Ordinal);
        foreach (var column in read)
        {
            var type = other.Column(column).Type;
            if (type.IsText != _stored[column].IsText || type.IsTime != _stored[column].IsTime)
                throw new RedisMLException("SignatureMismatch", ErrorKind.InvalidData, $"Column '{column}' of dataset '{other.Name}' is " +
                    $"{type}, and to train on it is {_stored[column]}. Import it with the -Schema of the other.", column);
        }
    }

    static RedisMLException Invalid(string errorId, string message, string target) =>
        new(errorId, ErrorKind.InvalidArgument, message, target);
}
