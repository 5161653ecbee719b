using RedisML.Columns;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Formats.Onnx;
using static RedisML.Formats.Onnx.TensorProto.Types;

namespace RedisML.Prediction.Onnx;

/// <summary>Lowers encoded features times weights: <c>scores</c> of shape [rows, outputs], without the intercept.</summary>
/// <remarks>A category isn't expanded: its level picks a row of its weights.</remarks>
/// <param name="weights">The weights, of shape [<paramref name="outputs"/>, width of the pipeline].</param>
/// <param name="valueOf">The graph's value of a column.</param>
sealed class OnnxFeatures(OnnxGraph graph, FeaturePipeline pipeline, double[] weights, int outputs, Func<string, string> valueOf)
{
    internal string Scores()
    {
        List<(NumericFeature Feature, int Position)> numbers = [];
        List<string> terms = [];
        int position = 0;
        foreach (var feature in pipeline.Features)
        {
            if (feature is NumericFeature number) numbers.Add((number, position));
            else if (feature is CategoryFeature category) terms.Add(Category(category, position));
            else
                throw new RedisMLException("OnnxUnsupported", ErrorKind.InvalidOperation,
                    $"Column '{feature.Column}' is hashed, which ONNX has no operator for. Train with its levels, or export as JSON.",
                    feature.Column);
            position += feature.Width;
        }
        if (numbers.Count > 0) terms.Insert(0, Numbers(numbers));
        return terms.Aggregate((sum, term) => graph.Add("Add", sum, term));
    }

    /// <summary>The features as they are, [rows, features]: of a category the number of its level; NaN where it is missing or
    /// unseen.</summary>
    internal string Rows()
    {
        var columns = pipeline.Features.Select(feature => feature is CategoryFeature category
            ? Index(category, valueOf(feature.Column)) : valueOf(feature.Column)).ToArray();
        return columns.Length == 1 ? columns[0] : graph.Add("Concat", columns, [OnnxGraph.Int("axis", 1)]);
    }

    /// <summary>The number of a category's level.</summary>
    string Index(CategoryFeature feature, string column)
    {
        double[] levels = feature.Type == ColumnType.Utf8 ? [] : [.. feature.Levels.Select(level => Categories.Parse(feature.Type, level))];
        if (levels.Any(level => level != (long)level))
        {
            var isLevel = graph.Cast(graph.Add("Equal", column, graph.Constant(levels, 1, levels.Length)), DataType.Double);
            double[] numbers = [.. Enumerable.Range(1, levels.Length).Select(number => (double)number)];
            var number = graph.Add("MatMul", isLevel, graph.Constant(numbers, levels.Length, 1));
            var isNone = graph.Add("Equal", number, graph.Scalar(0));
            return graph.Add("Where", isNone, graph.Scalar(double.NaN), graph.Add("Sub", number, graph.Scalar(1)));
        }
        var level = feature.Type == ColumnType.Utf8 ? TextLevel(feature, column) : IntegerLevel(levels, column);
        var index = graph.Cast(level, DataType.Double);
        return graph.Add("Where", graph.Add("Less", index, graph.Scalar(feature.Levels.Count)), index, graph.Scalar(double.NaN));
    }

    string Numbers(List<(NumericFeature Feature, int Position)> numbers)
    {
        var columns = numbers.Select(n => valueOf(n.Feature.Column)).ToArray();
        var x = columns.Length == 1 ? columns[0] : graph.Add("Concat", columns, [OnnxGraph.Int("axis", 1)]);
        var means = graph.Constant([.. numbers.Select(n => n.Feature.Mean)], 1, numbers.Count);
        if (pipeline.Missing == MissingPolicy.Mean) x = graph.Add("Where", graph.Add("IsNaN", x), means, x);
        var scales = graph.Constant([.. numbers.Select(n => n.Feature.Scale)], 1, numbers.Count);
        var matrix = graph.Constant([.. numbers.SelectMany(n => WeightsAt(n.Position))], numbers.Count, outputs);
        return graph.Add("MatMul", graph.Add("Div", graph.Add("Sub", x, means), scales), matrix);
    }

    string Category(CategoryFeature feature, int position)
    {
        var column = valueOf(feature.Column);
        if (feature.Type == ColumnType.Utf8) return Pick(TextLevel(feature, column), feature, position);
        double[] levels = [.. feature.Levels.Select(level => Categories.Parse(feature.Type, level))];
        return levels.All(level => level == (long)level) ? Pick(IntegerLevel(levels, column), feature, position)
            : Match(levels, column, feature, position);
    }

    /// <summary>The index of the level; after the levels, one for a missing value and one for an unseen level.</summary>
    string TextLevel(CategoryFeature feature, string column)
    {
        int missing = feature.Levels.Count;
        string[] keys = feature.Levels.Contains("") ? [.. feature.Levels] : [.. feature.Levels, ""];
        return graph.Encode(column, keys, keys.Index().Select(k => (long)k.Index), missing + 1);
    }

    /// <inheritdoc cref="TextLevel"/>
    string IntegerLevel(double[] levels, string column)
    {
        var missing = graph.Constant([(long)levels.Length], 1, 1);
        var unseen = graph.Constant([levels.Length + 1L], 1, 1);
        var isMissing = graph.Add("IsNaN", column);
        var integer = graph.Cast(graph.Add("Where", isMissing, graph.Scalar(0), column), DataType.Int64);
        var index = graph.Encode(integer, levels.Select(l => (long)l), levels.Index().Select(l => (long)l.Index), levels.Length + 1);
        var isInteger = graph.Add("Equal", graph.Cast(integer, DataType.Double), column);
        return graph.Add("Where", isMissing, missing, graph.Add("Where", isInteger, index, unseen));
    }

    string Pick(string index, CategoryFeature feature, int position)
    {
        double[] table = [.. LevelWeights(feature, position), .. MissingWeights(feature, position), .. new double[outputs]];
        var rows = graph.Add("Reshape", index, graph.Constant([-1L], 1));
        return graph.Add("Gather", graph.Constant(table, feature.Levels.Count + 2, outputs), rows);
    }

    /// <summary>For levels that aren't integers, which no encoder takes: compares with each.</summary>
    string Match(double[] levels, string column, CategoryFeature feature, int position)
    {
        var isLevel = graph.Cast(graph.Add("Equal", column, graph.Constant(levels, 1, levels.Length)), DataType.Double);
        var seen = graph.Add("MatMul", isLevel, graph.Constant([.. LevelWeights(feature, position)], levels.Length, outputs));
        var missing = graph.Constant(MissingWeights(feature, position), 1, outputs);
        return graph.Add("Where", graph.Add("IsNaN", column), missing, seen);
    }

    IEnumerable<double> LevelWeights(CategoryFeature feature, int position) =>
        Enumerable.Range(position, feature.Levels.Count).SelectMany(WeightsAt);

    double[] MissingWeights(CategoryFeature feature, int position) =>
        feature.MissingLevel ? [.. WeightsAt(position + feature.Levels.Count)]
        : [.. Enumerable.Repeat(pipeline.Missing == MissingPolicy.Drop ? double.NaN : 0, outputs)];

    /// <summary>The weights of one position of an encoded row, for each output.</summary>
    IEnumerable<double> WeightsAt(int position) =>
        Enumerable.Range(0, outputs).Select(output => weights[output * pipeline.Width + position]);
}
