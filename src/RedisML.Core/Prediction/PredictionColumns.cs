using System.Globalization;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Errors;

namespace RedisML.Prediction;

/// <summary>What is said of a row, as columns: <c>Prediction</c>; of classes <c>Probability</c>, that of the predicted one, and on request
/// <c>Probability_</c> and its name for each.</summary>
public sealed class PredictionColumns
{
    public const string Prediction = "Prediction", Probability = "Probability";

    readonly double? _threshold;
    readonly IReadOnlyList<string>? _classes;
    readonly object[] _classValues;
    readonly byte[][] _classTexts;

    /// <exception cref="RedisMLException"><c>ThresholdNotBinary</c>.</exception>
    public PredictionColumns(ModelSignature signature, PredictionOptions options)
    {
        var label = signature.Label;
        _classes = label.Classes;
        _threshold = options.Threshold;
        if (_threshold is not null && _classes?.Count != 2)
            throw new RedisMLException("ThresholdNotBinary", ErrorKind.InvalidArgument,
                $"A threshold tells two classes apart; the model predicts {(_classes is null ? "a number" : $"{_classes.Count} classes")}.",
                _threshold);
        var type = _classes is null ? ColumnType.Float64
            : label.Type.Kind is TypeKind.Boolean or TypeKind.Float64 || label.Type.IsInteger && label.Type.Kind != TypeKind.UInt64
                ? label.Type : ColumnType.Utf8;
        _classValues = [.. (_classes ?? []).Select(name => ValueOf(type, name))];
        _classTexts = [.. (_classes ?? []).Select(Encoding.UTF8.GetBytes)];
        Schema =
        [
            new(Prediction, type),
            .. _classes is null ? [] : new ColumnSchema[] { new(Probability, ColumnType.Float64) },
            .. options.ClassProbabilities ? (_classes ?? []).Select(name => new ColumnSchema($"{Probability}_{name}", ColumnType.Float64))
                : [],
        ];
        Names = [.. Schema.Select(column => column.Name)];
    }

    /// <summary>The columns, in order.</summary>
    public IReadOnlyList<ColumnSchema> Schema { get; }

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What is said of a row in one of the columns: a number, or a class in the type of the label;
    /// null where there is none.</summary>
    public object? Value(Predictions predictions, int row, int column)
    {
        if (_classes is null) return OrNull(predictions.Values[row]);
        int best = ClassOf(predictions, row);
        return best < 0 ? null : column == 0 ? _classValues[best]
            : predictions.Probabilities[row * _classes.Count + (column == 1 ? best : column - 2)];

        static object? OrNull(double value) => double.IsNaN(value) ? null : value;
    }

    /// <summary>Appends what is said of all rows to a builder a column.</summary>
    internal void Append(Predictions predictions, IReadOnlyList<ColumnBuilder> builders)
    {
        if (_classes is null)
        {
            var numbers = (Float64ColumnBuilder)builders[0];
            foreach (double value in predictions.Values) numbers.Append(value);
            return;
        }
        var probability = (Float64ColumnBuilder)builders[1];
        for (int row = 0; row < predictions.Values.Length; row++)
        {
            int best = ClassOf(predictions, row);
            if (best < 0)
            {
                foreach (var builder in builders) builder.AppendNull();
                continue;
            }
            AppendClass(builders[0], best);
            var ofRow = predictions.Probabilities.AsSpan(row * _classes.Count, _classes.Count);
            probability.Append(ofRow[best]);
            for (int column = 2; column < builders.Count; column++) ((Float64ColumnBuilder)builders[column]).Append(ofRow[column - 2]);
        }
    }

    /// <summary>The predicted class; −1 where there is none.</summary>
    int ClassOf(Predictions predictions, int row) => double.IsNaN(predictions.Values[row]) ? -1
        : _threshold is { } threshold ? predictions.Probabilities[2 * row + 1] >= threshold ? 1 : 0 : (int)predictions.Values[row];

    void AppendClass(ColumnBuilder builder, int index)
    {
        switch (builder)
        {
            case Int64ColumnBuilder integers: integers.Append((long)_classValues[index]); break;
            case Float64ColumnBuilder numbers: numbers.Append((double)_classValues[index]); break;
            case BooleanColumnBuilder booleans: booleans.Append((bool)_classValues[index]); break;
            default: ((TextColumnBuilder)builder).Append(_classTexts[index]); break;
        }
    }

    static object ValueOf(ColumnType type, string name) => type switch
    {
        { Kind: TypeKind.Boolean } => name == "true",
        { IsInteger: true } => (long)double.Parse(name, CultureInfo.InvariantCulture),
        { Kind: TypeKind.Float64 } => double.Parse(name, CultureInfo.InvariantCulture),
        _ => name,
    };
}
