using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using RedisML.Expressions;
using RedisML.OnnxRuntime.Head;

namespace RedisML.OnnxRuntime;

/// <summary>What an ONNX file says of itself, read without running anything.</summary>
sealed class OnnxFile
{
    /// <summary>More can't be run within the memory that models are given.</summary>
    public const int MaxBytes = 512 * 1024 * 1024;

    readonly ModelHead _head;
    IReadOnlyList<string>? _classes;

    /// <exception cref="Errors.RedisMLException"><c>OnnxModelInvalid</c>; <c>OnnxUnsupported</c>: it is too large, or its weights lie in
    /// other files, which whoever wrote it could choose freely.</exception>
    public OnnxFile(byte[] content)
    {
        if (content.Length > MaxBytes)
            throw OnnxErrors.Unsupported($"The model takes {content.Length:N0} bytes; {MaxBytes:N0} are allowed.");
        try
        {
            _head = ModelHead.Parser.WithDiscardUnknownFields(true).ParseFrom(content);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw OnnxErrors.Invalid(e.Message, e);
        }
        if (_head.Graph is null || _head.Graph.Node.Count == 0) throw OnnxErrors.Invalid("it has no graph");
        foreach (var property in _head.MetadataProps) Metadata[property.Key] = property.Value;
        Look(_head.Graph);
        foreach (var function in _head.Functions) Look(function.Node);
        if (Metadata.TryGetValue("classes", out var json)) _classes = TryRead(json, OnnxJson.Default.StringArray) ?? _classes;
        if (Metadata.TryGetValue("derived", out json) && TryRead(json, OnnxJson.Default.DictionaryStringString) is { } derived)
            Derived = [.. derived.Select(column => new DerivedColumn(column.Key, column.Value))];
    }

    /// <summary>What its writer noted, by name.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The classes in the order of their scores; null where it doesn't say any.</summary>
    public IReadOnlyList<string>? Classes => _classes;

    /// <summary>By our own note, what the label is computed from where no dataset has it.</summary>
    public IReadOnlyList<DerivedColumn> Derived { get; } = [];

    void Look(GraphHead graph)
    {
        foreach (var tensor in graph.Initializer) Look(tensor);
        foreach (var tensor in graph.SparseInitializer) Look(tensor);
        Look(graph.Node);
    }

    void Look(IEnumerable<NodeHead> nodes)
    {
        foreach (var attribute in nodes.SelectMany(node => node.Attribute))
        {
            // Classifiers of ai.onnx.ml, and what makes maps of their scores, say their classes so.
            if (attribute.Name is "classlabels_strings" && attribute.Strings.Count > 0)
                _classes = [.. attribute.Strings.Select(text => text.ToString(Encoding.UTF8))];
            else if (attribute.Name is "classlabels_int64s" or "classlabels_ints" && attribute.Ints.Count > 0)
                _classes = [.. attribute.Ints.Select(number => number.ToString(CultureInfo.InvariantCulture))];
            if (attribute.T is { } one) Look(one);
            if (attribute.G is { } graph) Look(graph);
            if (attribute.SparseTensor is { } sparse) Look(sparse);
            foreach (var tensor in attribute.Tensors) Look(tensor);
            foreach (var tensor in attribute.SparseTensors) Look(tensor);
            foreach (var inner in attribute.Graphs) Look(inner);
        }
    }

    static void Look(SparseTensorHead tensor)
    {
        if (tensor.Values is { } values) Look(values);
        if (tensor.Indices is { } indices) Look(indices);
    }

    static void Look(TensorHead tensor)
    {
        if (tensor.DataLocation != 0 || tensor.ExternalData.Count > 0)
            throw OnnxErrors.Unsupported("The model's weights lie in other files. Save it as one file, as onnx.save_model does without " +
                "save_as_external_data.");
    }

    /// <summary>A note that isn't ours may say anything.</summary>
    static T? TryRead<T>(string json, JsonTypeInfo<T> type) where T : class
    {
        try { return JsonSerializer.Deserialize(json, type); }
        catch (JsonException) { return null; }
    }
}
