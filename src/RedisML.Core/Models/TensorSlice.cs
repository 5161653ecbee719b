using System.Globalization;
using RedisML.Errors;

namespace RedisML.Models;

/// <summary>A part of a tensor, as NumPy writes it: <c>0:10, :, -1</c>.</summary>
/// <remarks>For each dimension an index, which takes the dimension away, or a range <c>first:end</c>; both may count from the end as
/// negative numbers. Dimensions that aren't said are whole.</remarks>
public sealed class TensorSlice
{
    readonly (long? First, long? End, bool IsIndex)[] _dimensions;
    readonly string _text;

    TensorSlice(string text, (long?, long?, bool)[] dimensions) => (_text, _dimensions) = (text, dimensions);

    /// <exception cref="RedisMLException"><c>InvalidSlice</c>.</exception>
    public static TensorSlice Parse(string text)
    {
        return new(text, [.. text.Split(',').Select(Dimension)]);

        (long?, long?, bool) Dimension(string part)
        {
            var ends = part.Split(':');
            if (ends.Length == 1) return (Number(part) ?? throw Invalid(text, $"'{part}' is no index"), null, true);
            return ends.Length == 2 ? (Number(ends[0]), Number(ends[1]), false) : throw Invalid(text, $"'{part}' is no range first:end");
        }

        long? Number(string number) => string.IsNullOrWhiteSpace(number) ? null
            : long.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out long value) ? value : throw Invalid(text, $"'{number.Trim()}' is no whole number");
    }

    /// <summary>The slice of a tensor.</summary>
    /// <exception cref="RedisMLException"><c>InvalidSlice</c>: it has fewer dimensions, or no such index.</exception>
    public Tensor Of(Tensor tensor)
    {
        var (ranges, shape) = Resolve(tensor.Shape);
        int size = Numerics.ElementTypeInfo.Of(tensor.ElementType).Size;
        var part = NewTensor(tensor.ElementType, shape);
        int to = 0;
        foreach (var (start, end) in Runs(tensor.Shape, ranges, size))
        {
            tensor.Bytes[(int)start..(int)end].CopyTo(part.Bytes[to..]);
            to += (int)(end - start);
        }
        return part;
    }

    internal static Tensor NewTensor(Numerics.ElementType type, int[] shape) => new(
        Array.CreateInstance(Numerics.ElementTypeInfo.Of(type).ClrType, shape.Aggregate(1, (count, length) => checked(count * length))),
        shape);

    /// <summary>First and end of each dimension, and the shape of what is cut out.</summary>
    internal ((int First, int End)[] Ranges, int[] Shape) Resolve(IReadOnlyList<int> shape)
    {
        if (_dimensions.Length > shape.Count)
            throw Invalid(_text, $"it says {_dimensions.Length} dimensions, and there are {shape.Count}");
        var ranges = new (int First, int End)[shape.Count];
        var result = new List<int>();
        for (int d = 0; d < shape.Count; d++)
        {
            int length = shape[d];
            var (first, end, isIndex) = d < _dimensions.Length ? _dimensions[d] : (null, null, false);
            if (isIndex)
            {
                long index = first!.Value < 0 ? first.Value + length : first.Value;
                if (index < 0 || index >= length) throw Invalid(_text, $"dimension {d} has {length} places, and no place {first}");
                ranges[d] = ((int)index, (int)index + 1);
                continue;
            }
            int from = Bound(first ?? 0, length), to = Bound(end ?? length, length);
            ranges[d] = (from, Math.Max(from, to));
            result.Add(ranges[d].End - from);
        }
        return (ranges, [.. result]);

        static int Bound(long place, int length) => (int)Math.Clamp(place < 0 ? place + length : place, 0, length);
    }

    /// <summary>The bytes of the elements, from the first, as runs of what lies together, in order.</summary>
    /// <param name="size">The bytes of an element.</param>
    internal static IEnumerable<(long Start, long End)> Runs(IReadOnlyList<int> shape, (int First, int End)[] ranges, int size)
    {
        if (ranges.Any(range => range.First == range.End)) yield break;
        // Dimensions from here on are whole: they and the one before make a run.
        int whole = shape.Count;
        long unit = size;
        while (whole > 0 && ranges[whole - 1] == (0, shape[whole - 1])) unit *= shape[--whole];
        int last = whole - 1;
        if (last < 0)
        {
            yield return (0, unit);
            yield break;
        }
        var strides = new long[whole];
        for (int d = last; d >= 0; d--) strides[d] = d == last ? unit : strides[d + 1] * shape[d + 1];
        var index = new int[last];
        for (int d = 0; d < last; d++) index[d] = ranges[d].First;
        while (true)
        {
            long start = 0;
            for (int d = 0; d < last; d++) start += index[d] * strides[d];
            yield return (start + ranges[last].First * unit, start + ranges[last].End * unit);
            int next = last - 1;
            while (next >= 0 && ++index[next] == ranges[next].End) index[next] = ranges[next--].First;
            if (next < 0) yield break;
        }
    }

    static RedisMLException Invalid(string text, string why) =>
        new("InvalidSlice", ErrorKind.InvalidArgument, $"'{text}' says no part of an array: {why}. Write it as in '0:10, :, -1'.", text);
}
