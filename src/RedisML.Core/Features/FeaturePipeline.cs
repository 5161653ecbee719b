using System.Text.Json.Serialization;
using RedisML.Columns;
using RedisML.Expressions;

namespace RedisML.Features;

/// <summary>What happens to a row with a missing value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MissingPolicy>))]
public enum MissingPolicy
{
    /// <summary>Training leaves the row out; prediction returns null.</summary>
    Drop,

    /// <summary>A missing number becomes the column's mean, a missing category a level of its own.</summary>
    Mean,

    /// <summary>A missing value stays one, a number NaN and a category no level: for algorithms that know what to do with it.</summary>
    Keep,
}

/// <summary>How raw columns become the features of a model; part of the model, so that prediction repeats what training did.</summary>
/// <remarks>
/// Features are encoded in order: a number takes one position, a category one position a level. <see cref="Width"/> is their sum,
/// the length of a row of the <c>weight</c> parameter.
/// </remarks>
public sealed record FeaturePipeline
{
    /// <summary>The stored columns that the features are computed from, with their types: what prediction needs of a row.</summary>
    public IReadOnlyList<ColumnSchema> Inputs { get; init; } = [];

    /// <summary>Columns computed from others before anything else, in order: a later one may use an earlier one.</summary>
    public IReadOnlyList<DerivedColumn> Derived { get; init; } = [];

    public required IReadOnlyList<Feature> Features { get; init; }

    public required LabelEncoding Label { get; init; }

    public MissingPolicy Missing { get; init; }

    /// <summary>The number of encoded features.</summary>
    [JsonIgnore]
    public int Width => Features.Sum(f => f.Width);
}

/// <summary>The encoding of one input column.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(NumericFeature), "numeric")]
[JsonDerivedType(typeof(CategoryFeature), "category")]
[JsonDerivedType(typeof(HashedFeature), "hashed")]
[JsonDerivedType(typeof(RawFeature), "raw")]
public abstract record Feature(string Column)
{
    /// <summary>How many positions the encoded feature takes.</summary>
    [JsonIgnore]
    public abstract int Width { get; }

    /// <summary>The type of the column, where its values are read as levels; null where they are numbers.</summary>
    internal virtual ColumnType? LevelType => null;
}

/// <summary>A number, standardised: <c>(x − Mean) / Scale</c>. Scale is the population deviation, 1 for a constant column.</summary>
public sealed record NumericFeature(string Column, double Mean, double Scale) : Feature(Column)
{
    [JsonIgnore]
    public override int Width => 1;
}

/// <summary>A number as it is; NaN where it is missing.</summary>
public sealed record RawFeature(string Column) : Feature(Column)
{
    [JsonIgnore]
    public override int Width => 1;
}

/// <summary>A category, one-hot: the position of its level is 1. An unseen level is all zeros.</summary>
/// <param name="Type">The type of the column: numbers as categories keep it.</param>
/// <param name="Levels">Ordered: numbers by value, text ordinal. Numbers are in the invariant culture's shortest round-trip form.</param>
/// <param name="MissingLevel">Whether a missing value is a level of its own, after the others.</param>
public sealed record CategoryFeature(string Column, ColumnType Type, IReadOnlyList<string> Levels, bool MissingLevel) : Feature(Column)
{
    [JsonIgnore]
    public override int Width => Levels.Count + (MissingLevel ? 1 : 0);

    internal override ColumnType? LevelType => Type;
}

/// <summary>The column that a model predicts.</summary>
/// <param name="Classes">Null for regression; else ordered (numbers by value, text ordinal), the positive class last.</param>
public sealed record LabelEncoding(string Column, ColumnType Type, IReadOnlyList<string>? Classes);
