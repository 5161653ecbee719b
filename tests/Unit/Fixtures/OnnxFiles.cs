using Google.Protobuf;

namespace RedisML.Unit.Fixtures;

/// <summary>ONNX files as programs other than this one write them, made by hand of the operators: field numbers as in
/// <see href="https://onnx.ai/onnx/repo-docs/IR.html"/>.</summary>
public static class OnnxFiles
{
    public const int Float = 1, Int32 = 6, Int64 = 7, String = 8, Bool = 9, Double = 11;

    /// <summary>What skl2onnx makes of scikit-learn's LogisticRegression over three classes: labels, and a map of probabilities
    /// a row.</summary>
    /// <param name="coefficients">[3, 2] in row order.</param>
    public static byte[] LogisticOfScikitLearn(float[] coefficients, float[] intercepts) => Model(
        [Input("float_input", Float, null, 2)],
        [
            Message((1, "output_label"), (2, Tensor(String, null))),
            Message((1, "output_probability"), (2, MapsOfTextToFloat())),
        ],
        [],
        Node("LinearClassifier", ["float_input"], ["label", "probability_tensor"], "ai.onnx.ml",
            Floats("coefficients", coefficients), Floats("intercepts", intercepts),
            Strings("classlabels_strings", "setosa", "versicolor", "virginica"),
            Int("multi_class", 1), Text("post_transform", "SOFTMAX")),
        Node("Normalizer", ["probability_tensor"], ["probabilities"], "ai.onnx.ml", Text("norm", "L1")),
        Node("Identity", ["label"], ["output_label"]),
        Node("ZipMap", ["probabilities"], ["output_probability"], "ai.onnx.ml",
            Strings("classlabels_strings", "setosa", "versicolor", "virginica")));

    /// <summary>A network's last layer, as PyTorch exports one: logits of shape [rows, outputs] of features of the shape
    /// [rows, width].</summary>
    /// <param name="batch">The rows that it takes at once; null for any.</param>
    /// <param name="weights">[width, outputs] in row order.</param>
    public static byte[] Layer(
        int? batch, int width, float[] weights, float[] bias, string input = "input", string output = "logits") => Model(
        [Input(input, Float, batch, width)], [Input(output, Float, batch, bias.Length)],
        [Initializer("w", weights, width, bias.Length), Initializer("b", bias, bias.Length)],
        Node("MatMul", [input, "w"], ["product"]), Node("Add", ["product", "b"], [output]));

    /// <summary>Columns of several types: <c>count</c> as Int64, <c>flag</c> as Bool, <c>name</c> as text, which is worth 10 where it is
    /// <c>ten</c>; all added up, times <paramref name="factor"/>.</summary>
    public static byte[] Mixed(float factor) => Model(
        [Input("count", Int64, null, 1), Input("flag", Bool, null, 1), Input("name", String, null, 1)], [Input("sum", Float, null, 1)],
        [Initializer("factor", [factor], 1)],
        Node("Cast", ["count"], ["c"], "", Int("to", Float)), Node("Cast", ["flag"], ["f"], "", Int("to", Float)),
        Node("LabelEncoder", ["name"], ["n"], "ai.onnx.ml", Strings("keys_strings", "ten"), Floats("values_floats", 10f),
            Message((1, "default_float"), (2, 0f), (20, 1L))),
        Node("Add", ["c", "f"], ["cf"]), Node("Add", ["cf", "n"], ["all"]), Node("Mul", ["all", "factor"], ["sum"]));

    /// <summary>A loop that doesn't end.</summary>
    public static byte[] Endless() => Model(
        [Input("x", Float, null, 1)], [Input("y", Float, null, 1)],
        [Int64s("most", long.MaxValue), Message((2, (long)Bool), (8, "go"), (9, (byte[])[1]))],
        Node("Loop", ["most", "go", "x"], ["y"], "", Message((1, "body"), (20, 5L), (6, Graph(
            [Scalar("i", Int64), Scalar("condition", Bool), Input("v", Float, null, 1)],
            [Scalar("again", Bool), Input("w", Float, null, 1)], [],
            Node("Identity", ["condition"], ["again"]), Node("Neg", ["v"], ["w"]))))));

    /// <summary>Asks for so many floats.</summary>
    public static byte[] Huge(long count) => Model(
        [Input("x", Float, null, 1)], [Input("y", Float, null, 1)], [Int64s("shape", count)],
        Node("ConstantOfShape", ["shape"], ["all"]), Node("ReduceSum", ["all"], ["sum"], "", Int("keepdims", 0)),
        Node("Add", ["x", "sum"], ["y"]));

    /// <summary>Weights that lie in another file.</summary>
    public static byte[] External(string location) => Model(
        [Input("x", Float, null, 1)], [Input("y", Float, null, 1)],
        [Message((1, 1L), (2, (long)Float), (8, "w"), (13, Message((1, "location"), (2, location))), (14, 1L))],
        Node("Add", ["x", "w"], ["y"]));

    /// <summary>More weights than go into one key of Redis: adds the first of them.</summary>
    public static byte[] Large(float[] weights) => Model(
        [Input("x", Float, null, 1)], [Input("y", Float, null, 1)],
        [Initializer("w", weights, weights.Length), Int64s("first", 0)],
        Node("Gather", ["w", "first"], ["one"]), Node("Add", ["x", "one"], ["y"]));

    static byte[] Model(byte[][] inputs, byte[][] outputs, byte[][] initializers, params byte[][] nodes) => Message(
        (1, 8L), (2, "by hand"), (7, Graph(inputs, outputs, initializers, nodes)),
        (8, Message((2, 15L))), (8, Message((1, "ai.onnx.ml"), (2, 3L))));

    static byte[] Graph(byte[][] inputs, byte[][] outputs, byte[][] initializers, params byte[][] nodes) => Message(
    [
        .. nodes.Select(node => (1, (object)node)), (2, "graph"), .. initializers.Select(tensor => (5, (object)tensor)),
        .. inputs.Select(input => (11, (object)input)), .. outputs.Select(output => (12, (object)output)),
    ]);

    static byte[] Node(string operation, string[] inputs, string[] outputs, string domain = "", params byte[][] attributes) => Message(
    [
        .. inputs.Select(input => (1, (object)input)), .. outputs.Select(output => (2, (object)output)), (4, operation),
        .. attributes.Select(attribute => (5, (object)attribute)), (7, domain),
    ]);

    static byte[] Input(string name, int type, int? rows, int width) => Message((1, name), (2, Tensor(type, rows, width)));

    /// <summary>The type of a sequence (4) of maps (5) of strings to floats.</summary>
    static byte[] MapsOfTextToFloat()
    {
        var value = Message((1, Message((1, (long)Float))));
        var map = Message((5, Message((1, (long)String), (2, value))));
        return Message((4, Message((1, map))));
    }

    static byte[] Scalar(string name, int type) =>
        Message((1, name), (2, Message((1, Message((1, (long)type), (2, Array.Empty<byte>()))))));

    static byte[] Tensor(int type, int? rows, params int[] behind) => Message((1, Message((1, (long)type), (2, Message(
    [
        (1, rows is { } count ? Message((1, (long)count)) : Message((2, "N"))),
        .. behind.Select(length => (1, (object)Message((1, (long)length)))),
    ])))));

    static byte[] Initializer(string name, float[] values, params int[] shape) => Message(
    [
        .. shape.Select(length => (1, (object)(long)length)), (2, (long)Float), (8, name),
        (9, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray()),
    ]);

    static byte[] Int64s(string name, params long[] values) => Message((1, (long)values.Length), (2, (long)Int64), (8, name),
        (9, System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(values).ToArray()));

    static byte[] Int(string name, long value) => Message((1, name), (3, value), (20, 2L));

    static byte[] Text(string name, string value) => Message((1, name), (4, value), (20, 3L));

    static byte[] Floats(string name, params float[] values) =>
        Message([(1, name), .. values.Select(value => (7, (object)value)), (20, 6L)]);

    static byte[] Strings(string name, params string[] values) =>
        Message([(1, name), .. values.Select(value => (9, (object)value)), (20, 8L)]);

    /// <summary>A message of protobuf: whole numbers, floats, texts, bytes and messages by the numbers of their fields.</summary>
    static byte[] Message(params (int Field, object Value)[] fields)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (var (field, value) in fields)
            {
                switch (value)
                {
                    case long number: output.WriteTag(field, WireFormat.WireType.Varint); output.WriteInt64(number); break;
                    case float number: output.WriteTag(field, WireFormat.WireType.Fixed32); output.WriteFloat(number); break;
                    default:
                        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                        output.WriteBytes(value is string text ? ByteString.CopyFromUtf8(text) : ByteString.CopyFrom((byte[])value));
                        break;
                }
            }
        }
        return stream.ToArray();
    }
}
