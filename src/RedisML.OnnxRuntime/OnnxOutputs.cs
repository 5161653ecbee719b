using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RedisML.Errors;

namespace RedisML.OnnxRuntime;

/// <summary>Makes predictions of what a graph says.</summary>
sealed class OnnxOutputs
{
    /// <summary>By how much a probability computed in single precision may be out of range.</summary>
    const double Tolerance = 1e-3;

    readonly OnnxBinding _binding;
    readonly int[] _places;
    readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);

    /// <param name="classes">In the order of the model's signature.</param>
    public OnnxOutputs(OnnxBinding binding, IReadOnlyList<string> classes)
    {
        _binding = binding;
        var order = classes.ToList();
        _places = [.. binding.Classes.Select(name => order.IndexOf(name))];
        for (int i = 0; i < binding.Classes.Count; i++) _byName[binding.Classes[i]] = i;
    }

    /// <summary>What is said of some rows.</summary>
    /// <param name="rows">How many of the rows count; the graph may have been given more.</param>
    /// <param name="size">How many it was given.</param>
    /// <param name="values">[rows].</param>
    /// <param name="probabilities">[rows, classes] in row order; empty for numbers.</param>
    /// <exception cref="RedisMLException"><c>OnnxFailed</c>: the output isn't what the model claims;
    /// <c>OnnxNotProbability</c>.</exception>
    public void Read(OrtValue output, int rows, int size, Span<double> values, Span<double> probabilities)
    {
        if (_binding.Kind == OutputKind.Maps)
        {
            ReadMaps(output, rows, probabilities);
            Decide(rows, values, probabilities);
            return;
        }
        if (!output.IsTensor) throw Unexpected("is no array");
        var shape = output.GetTensorTypeAndShape();
        int classes = _places.Length;
        int width = size == 0 ? 0 : (int)Math.Min(int.MaxValue, shape.ElementCount / size);
        bool isSingle = _binding.Kind != OutputKind.Scores || width == 1 && classes == 2;
        if (shape.ElementCount != (long)size * (isSingle ? 1 : classes))
            throw Unexpected($"has {shape.ElementCount:N0} elements for {size:N0} rows");
        switch (_binding.Kind)
        {
            case OutputKind.Number:
                Convert(output, shape.ElementDataType, values[..rows]);
                break;
            case OutputKind.Labels:
                ReadLabels(output, shape.ElementDataType, rows, values, probabilities);
                break;
            default:
                ReadScores(output, shape.ElementDataType, rows, isSingle, probabilities);
                Decide(rows, values, probabilities);
                break;
        }
    }

    void ReadScores(OrtValue output, TensorElementType type, int rows, bool isSingle, Span<double> probabilities)
    {
        int classes = _places.Length;
        if (isSingle)
        {
            // The score of the second class, at the end of the places for now, so that none is overwritten before it is read.
            var scores = probabilities.Slice(rows, rows);
            Convert(output, type, scores);
            if (_binding.Logit) TensorPrimitives.Sigmoid<double>(scores, scores);
            for (int row = 0; row < rows; row++)
            {
                double score = scores[row];
                probabilities[2 * row + _places[1]] = score;
                probabilities[2 * row + _places[0]] = 1 - score;
            }
            return;
        }
        Convert(output, type, probabilities[..(rows * classes)]);
        Span<double> ofRow = classes <= 256 ? stackalloc double[classes] : new double[classes];
        for (int row = 0; row < rows; row++)
        {
            var place = probabilities.Slice(row * classes, classes);
            place.CopyTo(ofRow);
            if (_binding.Logit) TensorPrimitives.SoftMax<double>(ofRow, ofRow);
            for (int k = 0; k < classes; k++) place[_places[k]] = ofRow[k];
        }
    }

    void ReadMaps(OrtValue output, int rows, Span<double> probabilities)
    {
        if (output.OnnxType != OnnxValueType.ONNX_TYPE_SEQUENCE || output.GetValueCount() < rows) throw Unexpected("is no map a row");
        var allocator = OrtAllocator.DefaultInstance;
        int classes = _places.Length;
        for (int row = 0; row < rows; row++)
        {
            using var map = output.GetValue(row, allocator);
            if (map.OnnxType != OnnxValueType.ONNX_TYPE_MAP) throw Unexpected("is no map a row");
            using var keys = map.GetValue(0, allocator);
            using var scores = map.GetValue(1, allocator);
            var names = Labels(keys);
            if (names.Length != classes) throw Unexpected($"says {names.Length} classes of a row");
            var ofRow = new double[classes];
            Convert(scores, scores.GetTensorTypeAndShape().ElementDataType, ofRow);
            if (_binding.Logit) TensorPrimitives.SoftMax<double>(ofRow, ofRow);
            for (int k = 0; k < classes; k++)
            {
                if (!_byName.TryGetValue(names[k], out int index) && !TryIndex(names[k], out index))
                    throw Unexpected($"says the class '{names[k]}', which the model doesn't have");
                probabilities[row * classes + _places[index]] = ofRow[k];
            }
        }
    }

    void ReadLabels(OrtValue output, TensorElementType type, int rows, Span<double> values, Span<double> probabilities)
    {
        var names = Labels(output);
        int classes = _places.Length;
        probabilities.Clear();
        for (int row = 0; row < rows; row++)
        {
            if (!_byName.TryGetValue(names[row], out int index) && !(type != TensorElementType.String && TryIndex(names[row], out index)))
                throw Unexpected($"says the class '{names[row]}', which the model doesn't have");
            values[row] = _places[index];
            probabilities[row * classes + _places[index]] = 1;
        }
    }

    /// <summary>The likeliest class of each row; NaN where a probability is.</summary>
    void Decide(int rows, Span<double> values, ReadOnlySpan<double> probabilities)
    {
        int classes = _places.Length;
        for (int row = 0; row < rows; row++)
        {
            int best = 0;
            double sum = 0, least = double.MaxValue;
            for (int k = 0; k < classes; k++)
            {
                double probability = probabilities[row * classes + k];
                sum += probability;
                least = Math.Min(least, probability);
                if (probability > probabilities[row * classes + best]) best = k;
            }
            values[row] = double.IsNaN(sum) ? double.NaN : best;
            if (Math.Abs(sum - 1) > Tolerance * classes || least < -Tolerance)
                throw new RedisMLException("OnnxNotProbability", ErrorKind.InvalidData,
                    $"Output '{_binding.Output}' doesn't say probabilities: those of a row sum up to {sum:G4}, the least is {least:G4}. " +
                    "Import the model with -Logit, which makes probabilities of scores.", _binding.Output);
        }
    }

    /// <summary>Classes by number, where the model says numbers and whoever imported it named them.</summary>
    bool TryIndex(string name, out int index) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < _places.Length;

    string[] Labels(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.String => value.GetStringTensorAsArray(),
        TensorElementType.Int64 => Texts(value.GetTensorDataAsSpan<long>()),
        TensorElementType.Int32 => Texts(value.GetTensorDataAsSpan<int>()),
        TensorElementType.Bool => [.. value.GetTensorDataAsSpan<bool>().ToArray().Select(label => label ? "true" : "false")],
        var type => throw Unexpected($"says classes as {type}"),
    };

    static string[] Texts<T>(ReadOnlySpan<T> labels) where T : IFormattable
    {
        var texts = new string[labels.Length];
        for (int i = 0; i < texts.Length; i++) texts[i] = labels[i].ToString(null, CultureInfo.InvariantCulture);
        return texts;
    }

    /// <summary>The first elements as doubles.</summary>
    void Convert(OrtValue value, TensorElementType type, Span<double> target)
    {
        switch (type)
        {
            case TensorElementType.Double: First(value.GetTensorDataAsSpan<double>(), target).CopyTo(target); break;
            case TensorElementType.Float:
                TensorPrimitives.ConvertTruncating(First(value.GetTensorDataAsSpan<float>(), target), target);
                break;
            case TensorElementType.Float16:
                var halves = First(value.GetTensorDataAsSpan<Float16>(), target);
                for (int i = 0; i < halves.Length; i++) target[i] = (float)halves[i];
                break;
            case TensorElementType.Int64:
                TensorPrimitives.ConvertTruncating(First(value.GetTensorDataAsSpan<long>(), target), target);
                break;
            case TensorElementType.Int32:
                TensorPrimitives.ConvertTruncating(First(value.GetTensorDataAsSpan<int>(), target), target);
                break;
            default: throw Unexpected($"has elements of the type {type}");
        }
    }

    ReadOnlySpan<T> First<T>(ReadOnlySpan<T> elements, Span<double> target) =>
        elements.Length >= target.Length ? elements[..target.Length] : throw Unexpected($"has {elements.Length:N0} elements");

    RedisMLException Unexpected(string why) => new("OnnxFailed", ErrorKind.InvalidData,
        $"The model doesn't say what it claims: output '{_binding.Output}' {why}.", _binding.Output);
}
