using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RedisML.Columns;
using RedisML.Features;
using RedisML.ModelFiles;
using RedisML.Models;

namespace RedisML.OnnxRuntime;

/// <summary>Reads from a graph's inputs and outputs what columns it needs and what it predicts.</summary>
/// <remarks>
/// An input of one value a row is a column of its name; one of several takes as many columns, named by whoever imports it or
/// <c>X_0</c>, <c>X_1</c>, … A graph with classes has an output of scores, one of maps, or the class alone.
/// </remarks>
sealed class OnnxSignature
{
    /// <summary>What converters call the output of scores or numbers, where there are several.</summary>
    static readonly string[] s_usual =
        ["probabilities", "probability", "output_probability", "scores", "prediction", "variable", "output", "logits"];

    readonly OnnxFile _file;
    readonly InferenceSession _session;
    readonly ModelImportOptions _options;

    OnnxSignature(OnnxFile file, InferenceSession session, ModelImportOptions options) =>
        (_file, _session, _options) = (file, session, options);

    /// <exception cref="Errors.RedisMLException"><c>OnnxSignatureUnclear</c>, <c>OnnxUnsupported</c>.</exception>
    public static (FeaturePipeline Pipeline, ModelTask Task, OnnxBinding Binding) Read(
        OnnxFile file, InferenceSession session, ModelImportOptions options) => new OnnxSignature(file, session, options).Read();

    (FeaturePipeline, ModelTask, OnnxBinding) Read()
    {
        var (inputs, columns, batch) = ReadInputs();
        var (output, kind, width) = ReadOutput();
        var classes = kind == OutputKind.Number ? [] : Classes(output, kind, width);
        if (width > 0 && kind == OutputKind.Scores && width != classes.Count && !(width == 1 && classes.Count == 2))
            throw OnnxErrors.Unclear($"Output '{output}' has {width} scores a row, and there are {classes.Count} classes " +
                $"({string.Join(", ", classes.Take(10))}); name them with -Class.");
        var label = _options.Label ?? _file.Metadata.GetValueOrDefault("label") ?? "label";
        if (columns.Any(column => column.Name == label))
            throw OnnxErrors.Unclear($"'{label}' can't be the label: the model takes a column of that name. Name the label with -Label.");
        var type = classes.Count == 0 ? ColumnType.Float64 : TypeOf(classes);
        var task = classes.Count switch { 0 => ModelTask.Regression, 2 => ModelTask.Binary, _ => ModelTask.Classes };
        return (new()
        {
            Inputs = columns,
            Derived = label == _file.Metadata.GetValueOrDefault("label") ? _file.Derived : [],
            Features = [],
            Label = new(label, type, classes.Count == 0 ? null : Categories.Order(type, classes)),
        }, task, new()
        {
            Inputs = inputs, Batch = batch, Output = output, Kind = kind, Logit = _options.Logit, Classes = classes,
        });
    }

    (List<OnnxInput> Inputs, List<ColumnSchema> Columns, int Batch) ReadInputs()
    {
        var widths = _session.InputNames.Select(name => Width(name, _session.InputMetadata[name])).ToList();
        int known = widths.Sum(width => Math.Max(0, width)), open = widths.Count(width => width < 0);
        var names = _options.Features;
        if (open > 0 && (names is null || open > 1 || names.Count <= known))
            throw OnnxErrors.Unclear($"Input '{_session.InputNames[widths.FindIndex(width => width < 0)]}' doesn't say how many columns " +
                "it takes: name them with -Feature.");
        if (names is not null && open == 0 && names.Count != known)
            throw OnnxErrors.Unclear($"The model takes {known} columns ({Shapes()}), and -Feature names {names.Count}.");

        var inputs = new List<OnnxInput>();
        var columns = new List<ColumnSchema>();
        int batch = 0;
        for (int i = 0; i < widths.Count; i++)
        {
            var name = _session.InputNames[i];
            var metadata = _session.InputMetadata[name];
            int width = widths[i] >= 0 ? widths[i] : names!.Count - known, first = columns.Count;
            if (first + (long)width > OnnxBinding.MaxColumns)
                throw OnnxErrors.Unsupported($"The model takes more than {OnnxBinding.MaxColumns:N0} columns ({Shapes()}).");
            inputs.Add(new(name, width, widths[i] >= 0 ? metadata.Dimensions[1..] : [width]));
            var type = ColumnOf(metadata.ElementDataType)
                ?? throw OnnxErrors.Unsupported(
                    $"Input '{name}' has elements of the type {metadata.ElementDataType}, which no column has.");
            for (int k = 0; k < width; k++) columns.Add(new(names?[first + k] ?? (width == 1 ? name : $"{name}_{k}"), type));
            int rows = metadata.Dimensions[0];
            if (rows > OnnxBinding.MaxColumns || rows > 0 && batch > 0 && rows != batch)
                throw OnnxErrors.Unsupported($"The inputs' first dimensions aren't rows ({Shapes()}).");
            if (rows > 0) batch = rows;
        }
        if (columns.GroupBy(column => column.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw OnnxErrors.Unclear($"Column '{twice.Key}' is named twice.");
        return (inputs, columns, batch);
    }

    /// <summary>How many columns an input takes; −1 where it doesn't say.</summary>
    int Width(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor || metadata.Dimensions.Length == 0)
            throw OnnxErrors.Unsupported($"Input '{name}' is no array of rows ({Shapes()}).");
        var behind = metadata.Dimensions[1..];
        if (behind is [< 0]) return -1;
        double width = behind.Aggregate(1.0, (product, length) => product * length);
        if (behind.Any(length => length <= 0) || width > OnnxBinding.MaxColumns)
            throw OnnxErrors.Unsupported($"Input '{name}' can't be made of columns ({Shapes()}).");
        return (int)width;
    }

    /// <returns>The width is 0 where the output doesn't say one.</returns>
    (string Name, OutputKind Kind, int Width) ReadOutput()
    {
        var outputs = _session.OutputNames.Select(name => (Name: name, Metadata: _session.OutputMetadata[name])).ToList();
        if (_options.Output is { } wanted && outputs.All(output => output.Name != wanted))
            throw OnnxErrors.Unclear($"The model has no output '{wanted}'; it has {Said()}.");
        var labels = outputs.Where(output => IsLabel(output.Metadata)).ToList();
        var scores = outputs
            .Where(output => IsScore(output.Metadata) && (_options.Output is null || output.Name == _options.Output)).ToList();
        if (_options.Output is { } named && scores.Count == 0) labels = labels.FindAll(output => output.Name == named);
        if (scores.Count > 1 && s_usual.FirstOrDefault(name => scores.Any(output => output.Name == name)) is { } usual)
            scores = scores.FindAll(output => output.Name == usual);
        bool hasClasses = _options.Classes is not null || _file.Classes is not null;
        if (scores.Count == 1)
        {
            var (name, metadata) = scores[0];
            if (!metadata.IsTensor) return (name, OutputKind.Maps, 0);
            int width = metadata.Dimensions.Length < 2 ? 1
                : Math.Max(0, metadata.Dimensions[1..].Aggregate(1, (product, length) => length <= 0 ? 0 : checked(product * length)));
            if (hasClasses || labels.Count > 0 && width != 1) return (name, OutputKind.Scores, width);
            if (width > 1)
                throw OnnxErrors.Unclear($"Output '{name}' says {width} numbers a row: name their classes with -Class, or another output " +
                    $"with -Output ({Said()}).");
            return (name, OutputKind.Number, 1);
        }
        if (scores.Count == 0 && labels.Count == 1)
        {
            var (name, metadata) = labels[0];
            return hasClasses ? (name, OutputKind.Labels, 1)
                : metadata.ElementDataType == TensorElementType.String
                    ? throw OnnxErrors.Unclear($"Output '{name}' says a class as text: name the classes with -Class.")
                    : (name, OutputKind.Number, 1);
        }
        throw OnnxErrors.Unclear($"The model has several outputs to read predictions from, or none: name one with -Output ({Said()}).");
    }

    IReadOnlyList<string> Classes(string output, OutputKind kind, int width)
    {
        var classes = _options.Classes ?? _file.Classes;
        if (classes is null && kind == OutputKind.Scores && width > 1)
            classes = [.. Enumerable.Range(0, width).Select(i => $"{i}")];
        if (classes is null or { Count: < 2 } || classes.Count > Categories.MaxLevels)
            throw OnnxErrors.Unclear($"The file doesn't say the classes of output '{output}': name them with -Class.");
        return classes.Distinct(StringComparer.Ordinal).Count() == classes.Count ? classes
            : throw OnnxErrors.Unclear($"The classes of output '{output}' are the same: {string.Join(", ", classes.Take(10))}.");
    }

    static ColumnType TypeOf(IReadOnlyList<string> classes) =>
        classes.All(name => long.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out long number)
            && number.ToString(System.Globalization.CultureInfo.InvariantCulture) == name) ? ColumnType.Int64
        : classes.All(name => name is "true" or "false") ? ColumnType.Boolean : ColumnType.Utf8;

    static bool IsLabel(NodeMetadata output) => output.IsTensor && IsColumn(output)
        && output.ElementDataType
            is TensorElementType.String or TensorElementType.Int64 or TensorElementType.Int32 or TensorElementType.Bool;

    static bool IsColumn(NodeMetadata output) => output.Dimensions.Length <= 1 || output.Dimensions is [_, 1 or < 0];

    static bool IsScore(NodeMetadata output) => output.OnnxValueType == OnnxValueType.ONNX_TYPE_SEQUENCE
        ? output.AsSequenceMetadata().ElementMeta.OnnxValueType == OnnxValueType.ONNX_TYPE_MAP
        : output.IsTensor && output.ElementDataType is TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16;

    static ColumnType? ColumnOf(TensorElementType type) => type switch
    {
        TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 => ColumnType.Float64,
        TensorElementType.Int64 or TensorElementType.Int32 or TensorElementType.Int16 or TensorElementType.Int8
            or TensorElementType.UInt64 or TensorElementType.UInt32 or TensorElementType.UInt16 or TensorElementType.UInt8
            => ColumnType.Int64,
        TensorElementType.Bool => ColumnType.Boolean,
        TensorElementType.String => ColumnType.Utf8,
        _ => null,
    };

    string Shapes() => string.Join(", ", _session.InputNames.Select(name => $"{name} {Text(_session.InputMetadata[name])}"));

    string Said() => string.Join(", ", _session.OutputNames.Select(name => $"{name} {Text(_session.OutputMetadata[name])}"));

    static string Text(NodeMetadata value) => value.IsTensor
        ? $"{value.ElementDataType}[{string.Join(", ", value.Dimensions.Select(length => length < 0 ? "?" : $"{length}"))}]"
        : $"{value.OnnxValueType}";
}
