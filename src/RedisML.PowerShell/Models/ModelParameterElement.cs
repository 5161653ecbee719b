using RedisML.Models;

namespace RedisML.PowerShell.Models;

/// <summary>One number of a parameter of a model, as <c>Get-RedisModelParameter -Expand</c> returns it.</summary>
public sealed class ModelParameterElement
{
    readonly ParameterElement _element;

    internal ModelParameterElement(string model, ParameterElement element) => (Model, _element) = (model, element);

    public string Model { get; }

    public string Name => _element.Name;

    /// <summary>The class whose score it adds to; null where there is one score.</summary>
    public string? Class => _element.Class;

    /// <summary>The column that it weighs; null for an intercept, and where nobody knows.</summary>
    public string? Feature => _element.Feature;

    /// <summary>The level of a category; null for a number, and for a missing value.</summary>
    public string? Level => _element.Level;

    /// <summary>Whether it weighs a missing category.</summary>
    public bool IsMissing => _element.IsMissing;

    /// <summary>As stored: of a number, for a change by one standard deviation.</summary>
    public double Value => _element.Value;

    /// <summary>Of a number, for a change by one in its own unit; of the intercept, for zeros in all columns;
    /// null where nobody knows.</summary>
    public double? RawValue => _element.RawValue;

    /// <summary>Its place in the parameter, from 0.</summary>
    public int[] Index => [.. _element.Index];
}
