using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;

namespace RedisML.Algorithms.Network;

/// <summary>A network's parameters, between the vector of training and the fields in Redis.</summary>
/// <remarks>
/// Single precision. <c>embedding.1</c> [levels, width] is of the first category, <c>weight.1</c> [inputs, outputs] and <c>bias.1</c>
/// [outputs] of the first layer, <c>scale.1</c> and <c>shift.1</c> [outputs] its normalisation; and so on. For numbers and counts
/// <c>output.offset</c> and <c>output.scale</c> say in what the last layer's output is measured.
/// </remarks>
internal sealed record NetworkParameters(NetworkShape Shape, double[] Values, double Offset, double Scale)
{
    const string OffsetName = "output.offset";
    const string ScaleName = "output.scale";

    public static IReadOnlyList<KeyValuePair<string, ParameterValue>> ToFields(
        NetworkShape shape, OutputLoss loss, ReadOnlySpan<double> parameters)
    {
        var fields = new List<KeyValuePair<string, ParameterValue>>();
        foreach (var part in Parts(shape))
        {
            var values = new float[part.Count];
            for (int i = 0; i < values.Length; i++) values[i] = (float)parameters[part.Start + i];
            fields.Add(new(part.Name, new Tensor(values, part.Shape)));
        }
        if (loss.Kind is LossKind.SquaredError or LossKind.Poisson)
        {
            fields.Add(new(OffsetName, new Scalar(loss.Offset)));
            fields.Add(new(ScaleName, new Scalar(loss.Scale)));
        }
        return fields;
    }

    /// <summary>Takes the parameters of a trained version from its fields, and checks their shapes.</summary>
    /// <exception cref="RedisMLException"><c>ParameterShapeMismatch</c>; <c>ParameterNotNumeric</c>;
    /// <c>InvalidModelDefinition</c>.</exception>
    public static NetworkParameters Of(Model model, IReadOnlyDictionary<string, ParameterValue> fields)
    {
        var definition = model.Definition!;
        var pipeline = definition.RequirePipeline();
        var shape = ShapeOf(definition, pipeline);
        // What the definition calls for may be anything: there is room for it once the fields have so much.
        foreach (var part in Parts(shape)) Check(part.Name, part.Count);
        var values = new double[shape.ParameterCount];
        foreach (var part in Parts(shape)) fields[part.Name].ToDoubles().CopyTo(values, part.Start);
        bool hasUnit = !definition.Task.IsClassification();
        return new(shape, values, hasUnit ? Number(OffsetName) : 0, hasUnit ? Number(ScaleName) : 1);

        double Number(string name)
        {
            Check(name, 1);
            return fields[name].ToDoubles()[0];
        }

        void Check(string name, long count)
        {
            long found = fields.TryGetValue(name, out var field) ? field.Shape.Aggregate(1L, (product, length) => product * length) : 0;
            if (found == count) return;
            throw new RedisMLException("ParameterShapeMismatch", ErrorKind.InvalidData,
                $"Parameter '{name}' of model '{model.Name}', version {model.Version}, has {found:N0} values; its definition " +
                $"calls for {count:N0}.", name);
        }
    }

    static NetworkShape ShapeOf(ModelDefinition definition, FeaturePipeline pipeline)
    {
        if (pipeline.Features.FirstOrDefault(feature => feature is not (NumericFeature or CategoryFeature)) is { } other)
            throw new RedisMLException("InvalidModelDefinition", ErrorKind.InvalidData,
                $"The definition of a model of {definition.Algorithm} encodes column '{other.Column}' in a way that no network takes.",
                other.Column);
        try
        {
            return new(new EncodedLayout(pipeline.Features), NetworkAlgorithm.OptionsOf(definition),
                definition.Task == ModelTask.Classes ? pipeline.Label.Classes!.Count : 1);
        }
        catch (OverflowException e)
        {
            throw new RedisMLException("InvalidModelDefinition", ErrorKind.InvalidData,
                $"The definition of a model of {definition.Algorithm} calls for more parameters than there can be.",
                definition.Algorithm, e);
        }
    }

    /// <summary>Each number, with the column and level that it belongs to where it belongs to one.</summary>
    public IReadOnlyList<ParameterElement> Explain(FeaturePipeline pipeline, IReadOnlyDictionary<string, ParameterValue> fields)
    {
        var categories = pipeline.Features.OfType<CategoryFeature>().ToArray();
        var numbers = pipeline.Features.OfType<NumericFeature>().ToArray();
        var elements = new List<ParameterElement>();
        foreach (var part in Parts(Shape))
        {
            elements.AddRange(ParameterElement.Of(part.Name, fields[part.Name]).Select(element => part.Kind switch
            {
                PartKind.Embedding => OfLevel(element, categories[part.Index]),
                PartKind.Weight or PartKind.Bias => OfLayer(element, part),
                _ => element,
            }));
        }
        foreach (var name in new[] { OffsetName, ScaleName })
            if (fields.TryGetValue(name, out var value)) elements.AddRange(ParameterElement.Of(name, value));
        return elements;

        static ParameterElement OfLevel(ParameterElement element, CategoryFeature category)
        {
            bool isMissing = element.Index[0] == category.Levels.Count;
            return element with
            {
                Feature = category.Column,
                Level = isMissing ? null : category.Levels[element.Index[0]],
                IsMissing = isMissing,
            };
        }

        ParameterElement OfLayer(ParameterElement element, Part part)
        {
            if (part.Kind == PartKind.Weight && part.Index == 0)
            {
                int input = element.Index[0];
                var table = Array.FindLastIndex(Shape.Embeddings, embedding => embedding.Column <= input);
                element = element with
                {
                    Feature = input < Shape.EmbeddingWidth ? categories[table].Column : numbers[input - Shape.EmbeddingWidth].Column,
                };
            }
            bool isOfClass = part.Index == Shape.Layers.Length - 1 && Shape.Outputs > 1;
            return isOfClass ? element with { Class = pipeline.Label.Classes![element.Index[^1]] } : element;
        }
    }

    static IEnumerable<Part> Parts(NetworkShape shape)
    {
        for (int i = 0; i < shape.Embeddings.Length; i++)
        {
            var table = shape.Embeddings[i];
            yield return new(PartKind.Embedding, i, table.Start, table.Rows, table.Width);
        }
        for (int i = 0; i < shape.Layers.Length; i++)
        {
            var layer = shape.Layers[i];
            yield return new(PartKind.Weight, i, layer.Weights, layer.Inputs, layer.Outputs);
            yield return new(PartKind.Bias, i, layer.Biases, layer.Outputs);
            if (!layer.IsNormalized) continue;
            yield return new(PartKind.Scale, i, layer.Scales, layer.Outputs);
            yield return new(PartKind.Shift, i, layer.Shifts, layer.Outputs);
        }
    }

    enum PartKind
    {
        Embedding,
        Weight,
        Bias,
        Scale,
        Shift,
    }

    /// <summary>A field, and where its numbers start in the vector of parameters.</summary>
    sealed record Part(PartKind Kind, int Index, int Start, params int[] Shape)
    {
        public string Name => $"{Kind.ToString().ToLowerInvariant()}.{Index + 1}";

        public int Count => Shape.Aggregate(1, (count, length) => checked(count * length));
    }
}
