using System.Collections;
using System.Management.Automation;
using System.Numerics;
using RedisML.Errors;
using RedisML.Models;

namespace RedisML.PowerShell.Models;

/// <summary>Between what scripts hold and the values of parameters.</summary>
/// <remarks>
/// Typed arrays keep their type. Elements of other collections take the narrowest of boolean, Int64, Single and Double that holds them all;
/// decimals become doubles. A collection of collections is a matrix, and so on for more dimensions.
/// </remarks>
static class ParameterConverter
{
    /// <param name="name">Names the parameter in an error.</param>
    /// <exception cref="RedisMLException"><c>InvalidParameterValue</c>, <c>RaggedParameterValue</c>.</exception>
    internal static ParameterValue ToParameter(object? value, string name) => Unwrap(value) switch
    {
        string text => new Scalar(text),
        char character => new Scalar(character.ToString()),
        bool boolean => new Scalar(boolean),
        IDictionary dictionary => throw Invalid(dictionary, name),
        IEnumerable sequence => ToTensor(sequence, name),
        var scalar => Number(scalar, name) switch
        {
            long integer => new Scalar(integer),
            var number => new Scalar(Convert.ToDouble(number, null)),
        },
    };

    /// <summary>A scalar, an array, or an array of rows.</summary>
    internal static object ToObject(ParameterValue value)
    {
        if (value is Scalar scalar) return scalar.Value;
        var tensor = (Tensor)value;
        return tensor.Shape.Count == 0 ? tensor.Elements.GetValue(0)! : Nest(tensor, 0, 0, tensor.Elements.Length);
    }

    static Array Nest(Tensor tensor, int dimension, int start, int count)
    {
        if (dimension == tensor.Shape.Count - 1)
        {
            if (count == tensor.Elements.Length) return tensor.Elements;
            var row = Array.CreateInstance(tensor.Elements.GetType().GetElementType()!, count);
            Array.Copy(tensor.Elements, start, row, 0, count);
            return row;
        }
        int length = tensor.Shape[dimension];
        var elementType = tensor.Elements.GetType();
        for (int d = dimension + 2; d < tensor.Shape.Count; d++) elementType = elementType.MakeArrayType();
        var rows = Array.CreateInstance(elementType, length);
        for (int i = 0; i < length; i++) rows.SetValue(Nest(tensor, dimension + 1, start + i * (count / length), count / length), i);
        return rows;
    }

    static Tensor ToTensor(IEnumerable sequence, string name)
    {
        if (sequence is Array array && IsElementType(array.GetType().GetElementType()!)) return FromTypedArray(array);
        var elements = sequence.Cast<object?>().Select(Unwrap).ToArray();
        return elements.Length > 0 && Array.TrueForAll(elements, IsCollection)
            ? Stack([.. elements.Select(e => ToTensor((IEnumerable)e!, name))], name)
            : FromScalars(elements, name);
    }

    static Tensor FromTypedArray(Array array)
    {
        if (array.Rank == 1) return new(array, array.Length);
        var flat = Array.CreateInstance(array.GetType().GetElementType()!, array.Length);
        int next = 0;
        if (array.GetType().GetElementType() == typeof(Half)) foreach (object element in array) flat.SetValue(element, next++);
        else Buffer.BlockCopy(array, 0, flat, 0, Buffer.ByteLength(array));
        return new(flat, [.. Enumerable.Range(0, array.Rank).Select(array.GetLength)]);
    }

    static Tensor FromScalars(object?[] elements, string name)
    {
        if (elements.Length > 0 && Array.TrueForAll(elements, e => e is bool))
            return new(Array.ConvertAll(elements, e => (bool)e!), elements.Length);
        var numbers = Array.ConvertAll(elements, e => Number(e, name));
        return new(Typed(numbers, CommonType(numbers.Select(n => n.GetType()))), numbers.Length);
    }

    /// <summary>Rows of one shape, one after another.</summary>
    static Tensor Stack(Tensor[] rows, string name)
    {
        var shape = rows[0].Shape;
        int different = Array.FindIndex(rows, row => !row.Shape.SequenceEqual(shape));
        if (different >= 0)
            throw new RedisMLException("RaggedParameterValue", ErrorKind.InvalidArgument,
                $"The rows of parameter '{name}' differ: row {different}, " +
                $"counted from 0, has {Words(rows[different].Shape)}, and row 0 has {Words(shape)}.", name);
        var types = rows.Select(row => row.Elements.GetType().GetElementType()!).Distinct().ToArray();
        var type = types.Length == 1 ? types[0] : CommonType(types);
        var elements = Array.CreateInstance(type, rows.Sum(row => row.Elements.Length));
        int start = 0;
        foreach (var row in rows)
        {
            var source = types.Length == 1 ? row.Elements : Typed([.. row.Elements.Cast<object>()], type);
            Array.Copy(source, 0, elements, start, source.Length);
            start += source.Length;
        }
        return new(elements, [rows.Length, .. shape]);
    }

    static Type CommonType(IEnumerable<Type> types)
    {
        var distinct = types.Distinct().ToArray();
        return distinct is [var single] && single == typeof(float) ? typeof(float)
            : distinct.Length > 0 && Array.TrueForAll(distinct, t => t != typeof(float) && t != typeof(double)) ? typeof(long)
            : typeof(double);
    }

    static Array Typed(object[] numbers, Type type) =>
        type == typeof(long) ? Array.ConvertAll(numbers, n => Convert.ToInt64(n, null))
        : type == typeof(float) ? Array.ConvertAll(numbers, n => (float)n)
        : Array.ConvertAll(numbers, n => Convert.ToDouble(n, null));

    /// <summary>A long, a float or a double.</summary>
    static object Number(object? value, string name) => value switch
    {
        double or float or long => value,
        int or short or sbyte or byte or ushort or uint => Convert.ToInt64(value, null),
        ulong or decimal => Convert.ToDouble(value, null),
        Half half => (double)half,
        BigInteger integer => (double)integer,
        _ => throw Invalid(value, name),
    };

    static bool IsElementType(Type type) =>
        type == typeof(Half) || type.IsPrimitive && type != typeof(char) && type != typeof(IntPtr) && type != typeof(UIntPtr);

    static bool IsCollection(object? value) => value is IEnumerable and not string and not IDictionary;

    static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    static string Words(IReadOnlyList<int> shape) =>
        shape is [1] ? "1 element" : shape is [var length] ? $"{length} elements" : $"the shape ({string.Join(", ", shape)})";

    static RedisMLException Invalid(object? value, string name) => new("InvalidParameterValue", ErrorKind.InvalidArgument,
        $"Parameter '{name}' can't hold {(value is null ? "null" : $"a {value.GetType().Name}")}: it takes a number, a boolean, text, or " +
        "an array of " +
        "numbers or booleans, or of such arrays.", name);
}
