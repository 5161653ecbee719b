using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using static RedisML.Formats.Onnx.TensorProto.Types;

namespace RedisML.Formats.Onnx;

/// <summary>An ONNX graph being built. Values are known by their names; every tensor has the rows as its first dimension, or 1.</summary>
sealed class OnnxGraph(string name)
{
    internal const string RowDimension = "rows";

    /// <summary>The domain of the operators of classical machine learning.</summary>
    internal const string MlDomain = "ai.onnx.ml";

    // 3 came in 2020, and is read by whatever is in use.
    int _mlOpset = 3;

    readonly GraphProto _graph = new() { Name = name };
    readonly HashSet<string> _names = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _scalars = new(StringComparer.Ordinal);

    // 15 was current in 2021, and is read by whatever is in use; few models need more.
    int _opset = 15;
    int _irVersion = 8;

    /// <summary>An input of one value a row. Its name must be free: inputs come first.</summary>
    internal string Input(string name, DataType type, string doc)
    {
        _names.Add(name);
        _graph.Input.Add(Value(name, type, 1, doc));
        return name;
    }

    /// <summary>Makes a value an output, under this name or the nearest that is free.</summary>
    internal string Output(string name, string value, DataType type, int width, string doc)
    {
        var output = Free(name);
        _graph.Node.Add(new NodeProto { OpType = "Identity", Input = { value }, Output = { output } });
        _graph.Output.Add(Value(output, type, width, doc));
        return output;
    }

    /// <summary>Adds a node of the main domain with one output.</summary>
    internal string Add(string operation, params ReadOnlySpan<string> inputs) => Add(operation, inputs, []);

    internal string Add(string operation, ReadOnlySpan<string> inputs, AttributeProto[] attributes, string domain = "")
    {
        var output = Free(operation);
        _graph.Node.Add(new NodeProto
        {
            OpType = operation, Domain = domain, Input = { inputs.ToArray() }, Output = { output }, Attribute = { attributes },
        });
        return output;
    }

    /// <summary>Adds a LabelEncoder: from each key to the value of the same index, from anything else to
    /// <paramref name="other"/>.</summary>
    internal string Encode(string input, IEnumerable<string> keys, IEnumerable<long> values, long other) =>
        Add("LabelEncoder", [input], [Strings("keys_strings", keys), Ints("values_int64s", values), Int("default_int64", other)], MlDomain);

    internal string Encode(string input, IEnumerable<long> keys, IEnumerable<long> values, long other) =>
        Add("LabelEncoder", [input], [Ints("keys_int64s", keys), Ints("values_int64s", values), Int("default_int64", other)], MlDomain);

    internal string Cast(string input, DataType type) => Add("Cast", [input], [Int("to", (long)type)]);

    /// <summary>A number that goes with any tensor of doubles.</summary>
    internal string Scalar(double value)
    {
        var key = value.ToString("R", CultureInfo.InvariantCulture);
        return _scalars.TryGetValue(key, out var known) ? known : _scalars[key] = Constant([value], 1, 1);
    }

    internal string Constant(double[] values, params ReadOnlySpan<long> shape) =>
        Constant(DataType.Double, MemoryMarshal.AsBytes<double>(values), shape);

    internal string Constant(long[] values, params ReadOnlySpan<long> shape) =>
        Constant(DataType.Int64, MemoryMarshal.AsBytes<long>(values), shape);

    internal string Constant(IEnumerable<string> values, params ReadOnlySpan<long> shape)
    {
        var tensor = NewTensor(DataType.String, shape);
        tensor.StringData.AddRange(values.Select(ByteString.CopyFromUtf8));
        return tensor.Name;
    }

    /// <summary>Makes operators available that came later than most readers know.</summary>
    internal void RequireOpset(int opset, int irVersion)
    {
        _opset = Math.Max(_opset, opset);
        _irVersion = Math.Max(_irVersion, irVersion);
    }

    /// <inheritdoc cref="RequireOpset"/>
    /// <param name="opset">Of the domain of classical machine learning.</param>
    internal void RequireMlOpset(int opset, int irVersion)
    {
        _mlOpset = Math.Max(_mlOpset, opset);
        _irVersion = Math.Max(_irVersion, irVersion);
    }

    internal ModelProto ToModel() => new()
    {
        IrVersion = _irVersion,
        Graph = _graph,
        OpsetImport = { new OperatorSetIdProto { Version = _opset }, new OperatorSetIdProto { Domain = MlDomain, Version = _mlOpset } },
    };

    internal static AttributeProto Int(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    internal static AttributeProto Tensor(string name, double[] values) => Tensor(name, DataType.Double, values.Length,
        MemoryMarshal.AsBytes<double>(values));

    internal static AttributeProto Tensor(string name, byte[] values) => Tensor(name, DataType.Uint8, values.Length, values);

    static AttributeProto Tensor(string name, DataType type, int length, ReadOnlySpan<byte> bytes) => new()
    {
        Name = name,
        Type = AttributeProto.Types.AttributeType.Tensor,
        T = new TensorProto { Name = name, DataType = (int)type, Dims = { length }, RawData = ByteString.CopyFrom(bytes) },
    };

    internal static AttributeProto Ints(string name, IEnumerable<long> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    internal static AttributeProto Strings(string name, IEnumerable<string> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Strings, Strings = { values.Select(ByteString.CopyFromUtf8) } };

    static ValueInfoProto Value(string name, DataType type, int width, string doc) => new()
    {
        Name = name,
        DocString = doc,
        Type = new()
        {
            TensorType = new()
            {
                ElemType = (int)type,
                Shape = new()
                {
                    Dim =
                    {
                        new TensorShapeProto.Types.Dimension { DimParam = RowDimension },
                        new TensorShapeProto.Types.Dimension { DimValue = width },
                    },
                },
            },
        },
    };

    string Constant(DataType type, ReadOnlySpan<byte> data, ReadOnlySpan<long> shape)
    {
        var tensor = NewTensor(type, shape);
        tensor.RawData = ByteString.CopyFrom(data);
        return tensor.Name;
    }

    TensorProto NewTensor(DataType type, ReadOnlySpan<long> shape)
    {
        var tensor = new TensorProto { Name = Free("constant"), DataType = (int)type, Dims = { shape.ToArray() } };
        _graph.Initializer.Add(tensor);
        return tensor;
    }

    string Free(string name)
    {
        var free = name;
        for (int i = 1; !_names.Add(free); i++) free = $"{name}_{i}";
        return free;
    }
}
