namespace RedisML.Models;

/// <summary>One number of a parameter, with what it belongs to where the model's algorithm says so.</summary>
/// <param name="Name">Of the parameter.</param>
/// <param name="Index">Its place in each dimension, from 0; empty for a scalar.</param>
public sealed record ParameterElement(string Name, IReadOnlyList<int> Index, double Value)
{
    /// <summary>The class whose score it adds to; null where there is one score.</summary>
    public string? Class { get; init; }

    /// <summary>The column that it weighs; null for an intercept, and where nobody knows.</summary>
    public string? Feature { get; init; }

    /// <summary>The level of a category; null for a number, and for a value that is missing.</summary>
    public string? Level { get; init; }

    /// <summary>Whether it weighs a missing category.</summary>
    public bool IsMissing { get; init; }

    /// <summary>The same for the column as it is, in its own unit and not standardised; null where nobody knows.</summary>
    public double? RawValue { get; init; }

    /// <summary>The elements of a parameter, in C order.</summary>
    /// <exception cref="Errors.RedisMLException"><c>ParameterNotNumeric</c>.</exception>
    public static IEnumerable<ParameterElement> Of(string name, ParameterValue value)
    {
        var shape = value.Shape;
        var index = new int[shape.Count];
        foreach (double element in value.ToDoubles())
        {
            yield return new(name, [.. index], element);
            for (int d = shape.Count - 1; d >= 0 && ++index[d] == shape[d]; d--) index[d] = 0;
        }
    }
}
