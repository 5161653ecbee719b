using RedisML.Models;

namespace RedisML.PowerShell.Models;

/// <summary>A parameter of a model, as the cmdlets return it.</summary>
public sealed class ModelParameter
{
    const int ElementsShown = 4;

    internal ModelParameter(string model, string name, ParameterValue value)
    {
        Model = model;
        Name = name;
        Value = ParameterConverter.ToObject(value);
        Shape = [.. value.Shape];
    }

    public string Model { get; }

    public string Name { get; }

    /// <summary>A number, a boolean or text; a typed array, such as <c>double[]</c>;
    /// or for a matrix the array of its rows, <c>double[][]</c>.</summary>
    public object Value { get; }

    /// <summary>The length of each dimension; empty for a scalar.</summary>
    public int[] Shape { get; }

    /// <summary>By how much an element differs at most from what was given, where it is stored in fewer bits; else 0.</summary>
    public double MaximumError { get; internal init; }

    /// <summary>The same over all elements.</summary>
    public double RootMeanSquareError { get; internal init; }

    /// <summary>The first elements, for a table.</summary>
    public string Summary()
    {
        var elements = Elements(Value).Take(ElementsShown + 1).Select(e => e is float or double ? $"{e:G6}" : $"{e}").ToList();
        if (elements.Count > ElementsShown) elements[ElementsShown] = "…";
        return string.Join(", ", elements);
    }

    public override string ToString() => $"{Model}.{Name}";

    static IEnumerable<object> Elements(object value) => value is Array array ? array.Cast<object>().SelectMany(Elements) : [value];
}
