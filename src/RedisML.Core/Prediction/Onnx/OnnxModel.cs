using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Formats.Onnx;
using RedisML.Models;
using static RedisML.Formats.Onnx.TensorProto.Types;

namespace RedisML.Prediction.Onnx;

/// <summary>A trained model as an ONNX graph, feature pipeline and all: raw columns in, prediction out.</summary>
/// <remarks>
/// Inputs, each [rows, 1]: numbers and booleans as doubles (NaN is missing), text as strings ("" is missing). Outputs: <c>prediction</c>
/// [rows, 1]; or <c>label</c> [rows, 1], a string for text and a double else, and <c>probability</c> [rows, classes]. Where a missing input
/// leaves no prediction, they are NaN and "". An output whose name a column has gets <c>_1</c> at its end.
/// </remarks>
public sealed class OnnxModel
{
    readonly Model _model;
    readonly ModelDefinition _definition;
    readonly FeaturePipeline _pipeline;
    readonly OnnxGraph _graph;
    readonly bool _isLegacy;
    readonly Dictionary<string, ColumnType> _types;
    readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    readonly Dictionary<string, ColumnExpression> _derived;

    OnnxModel(Model model, ModelDefinition definition, bool isLegacy)
    {
        _isLegacy = isLegacy;
        (_model, _definition, _pipeline) = (model, definition, definition.RequirePipeline());
        _graph = new(model.Name);
        _types = _pipeline.Inputs.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
        _derived = _pipeline.Derived.ToDictionary(d => d.Name, d => ColumnExpression.Parse(d.Expression), StringComparer.Ordinal);
        foreach (var column in _pipeline.Inputs)
        {
            _values[column.Name] = column.Type == ColumnType.Utf8
                ? _graph.Input(column.Name, DataType.String, "Text; \"\" is a missing value.")
                : _graph.Input(column.Name, DataType.Double, column.Type == ColumnType.Boolean ? "0 or 1; NaN is a missing value."
                    : "NaN is a missing value.");
        }
    }

    /// <summary>The bytes of the file.</summary>
    /// <exception cref="RedisMLException"><c>ModelNotTrained</c>, <c>OnnxUnsupported</c>, <c>ParameterShapeMismatch</c>.</exception>
    /// <param name="isLegacy">Whether it is for old readers, which know no newer operators.</param>
    internal static byte[] Write(Model model, IEnumerable<KeyValuePair<string, ParameterValue>> parameters, bool isLegacy = false)
    {
        var definition = model.Definition ?? throw new RedisMLException("ModelNotTrained", ErrorKind.InvalidOperation,
            $"Model '{model.Name}' was set by hand: it says nothing of columns, so ONNX can't hold it. Export it as Json or Safetensors.",
            model.Name);
        var form = ModelFamilies.Get(definition.Algorithm).Onnx
            ?? throw new RedisMLException("ModelNotPredictable", ErrorKind.InvalidOperation,
            $"Model '{model.Name}' is of the algorithm {definition.Algorithm}, which has no form in ONNX. " +
            "Export it as Json or Safetensors.", model.Name);
        var byName = parameters.ToDictionary(StringComparer.Ordinal);
        if (form.Original(byName) is { } original) return original;
        var graph = new OnnxModel(model, definition, isLegacy);
        form.Write(graph, model, byName);
        return graph.Describe(graph._graph.ToModel()).ToByteArray();
    }

    /// <summary>The graph, for what is written with more than operators alone.</summary>
    internal OnnxGraph Graph => _graph;

    IReadOnlyList<string> Classes => _pipeline.Label.Classes ?? [];

    /// <summary>Encoded features times weights, and intercepts: a value of shape [rows, outputs].</summary>
    /// <param name="weights">The weights, [outputs, width] in row order.</param>
    /// <param name="intercepts">The intercepts, one for each output.</param>
    public string Scores(double[] weights, double[] intercepts)
    {
        var scores = new OnnxFeatures(_graph, _pipeline, weights, intercepts.Length, ValueOf).Scores();
        return _graph.Add("Add", scores, _graph.Constant(intercepts, 1, intercepts.Length));
    }

    /// <summary>The features as they are, [rows, features]: of a category the number of its level; NaN where it is missing or wasn't
    /// seen in training.</summary>
    public string RawFeatures() => new OnnxFeatures(_graph, _pipeline, [], 0, ValueOf).Rows();

    /// <summary>The sum of trees over <see cref="RawFeatures"/>, [rows, outputs], in doubles; for old readers summed in single
    /// precision.</summary>
    public string AddTrees(OnnxTrees trees) =>
        _isLegacy ? trees.AddLegacyTo(_graph, RawFeatures()) : trees.AddTo(_graph, RawFeatures());

    /// <summary>A number, to go with any value.</summary>
    public string Scalar(double value) => _graph.Scalar(value);

    /// <summary>Adds an operator of one output.</summary>
    /// <param name="operation">Such as <c>Exp</c>.</param>
    /// <returns>The name of the value.</returns>
    public string Add(string operation, params string[] inputs) => _graph.Add(operation, inputs);

    /// <summary>Adds an operator of one output along an axis.</summary>
    public string AddAlong(int axis, string operation, params string[] inputs) =>
        _graph.Add(operation, inputs, [OnnxGraph.Int("axis", axis)]);

    /// <summary>Makes a value of shape [rows, 1] the prediction.</summary>
    public void Predict(string value) => _graph.Output("prediction", value, DataType.Double, 1, $"{_pipeline.Label.Column}.");

    /// <summary>Makes log odds of shape [rows, 1] the probabilities of two classes, and the likelier one the label.</summary>
    /// <remarks>The other class's probability is no difference from 1, which would lose a small one.</remarks>
    public void PredictBoth(string logOdds) =>
        PredictClasses(AddAlong(1, "Concat", Add("Sigmoid", Add("Neg", logOdds)), Add("Sigmoid", logOdds)));

    /// <summary>Makes a value of shape [rows, classes] the probabilities, and the likeliest class the label.</summary>
    public void PredictClasses(string probability)
    {
        var index = _graph.Add("ArgMax", [probability], [OnnxGraph.Int("axis", 1), OnnxGraph.Int("keepdims", 1)]);
        var isMissing = _graph.Add("IsNaN", _graph.Add("Gather", [probability, _graph.Constant([0L], 1)], [OnnxGraph.Int("axis", 1)]));
        bool isText = _pipeline.Label.Type == ColumnType.Utf8;
        var classes = isText ? _graph.Constant(Classes, Classes.Count)
            : _graph.Constant([.. Classes.Select(c => Categories.Parse(_pipeline.Label.Type, c))], Classes.Count);
        var missing = isText ? _graph.Constant([""], 1, 1) : _graph.Scalar(double.NaN);
        var label = _graph.Add("Where", isMissing, missing, _graph.Add("Gather", classes, index));

        _graph.Output("label", label, isText ? DataType.String
            : DataType.Double, 1, $"The most probable class of {_pipeline.Label.Column}.");
        _graph.Output("probability", probability, DataType.Double, Classes.Count,
            $"Of the classes, in this order: {string.Join(", ", Classes)}.");
    }

    /// <summary>The value of an input, or of a derived column, which is computed when first asked for.</summary>
    string ValueOf(string column) => _values.TryGetValue(column, out var value) ? value : _derived.TryGetValue(column, out var expression)
        ? _values[column] = new OnnxExpression(_graph, expression, TypeOf, ValueOf).Lower()
        : throw NearestName.NotFound("ColumnNotFound", "column", column, _types.Keys.Concat(_derived.Keys), next: "");

    ColumnType TypeOf(string column) => _derived.TryGetValue(column, out var expression) ? expression.ResultType(TypeOf)
        : _types.TryGetValue(column, out var type) ? type
        : throw NearestName.NotFound("ColumnNotFound", "column", column, _types.Keys.Concat(_derived.Keys), next: "");

    ModelProto Describe(ModelProto model)
    {
        var lineage = _definition.Lineage;
        model.ProducerName = "RedisML";
        model.ProducerVersion = typeof(OnnxModel).Assembly.GetName().Version!.ToString(3);
        model.ModelVersion = _model.Version;
        model.DocString =
            $"{_definition.Algorithm} model '{_model.Name}', version {_model.Version}, of {_pipeline.Label.Column} in dataset " +
            $"'{lineage.Dataset}'.";
        Note("model", _model.Name);
        Note("algorithm", _definition.Algorithm);
        Note("label", _pipeline.Label.Column);
        // How a label is computed that no dataset has: who tests the model needs it.
        if (_derived.ContainsKey(_pipeline.Label.Column))
        {
            var sources = new DerivedColumns(_pipeline.Derived).Sources(_pipeline.Label.Column);
            Note("derived", new JsonObject(_pipeline.Derived.Where(column => sources.Contains(column.Name))
                .Select(column => KeyValuePair.Create(column.Name, (JsonNode?)column.Expression))).ToJsonString());
        }
        if (Classes.Count > 0) Note("classes", new JsonArray([.. Classes.Select(name => (JsonNode)name)]).ToJsonString());
        Note("dataset", lineage.Dataset);
        Note("dataset_version", Invariant(lineage.DatasetVersion));
        Note("run", lineage.Run);
        if (lineage.Seed is { } seed) Note("seed", Invariant(seed));
        Note("rows_used", Invariant(lineage.RowsUsed));
        Note("rows_dropped", Invariant(lineage.RowsDropped));
        Note("trained", lineage.Trained.ToString("O", CultureInfo.InvariantCulture));
        if (_model.Modified) Note("modified", "true");
        return model;

        void Note(string key, string value) => model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });

        static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
