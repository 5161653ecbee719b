using RedisML.Columns;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.Unit.Prediction;

/// <summary>Which types of columns a model takes for those that it was trained on.</summary>
public sealed class ModelSignatureTests
{
    [Theory]
    [InlineData("Int64", "Float32", true)]
    [InlineData("Utf8", "Int64", false)]
    [InlineData("Date32", "Date32", true)]
    [InlineData("Date32", "Timestamp(us)", true)]
    [InlineData("Timestamp(s,UTC)", "Timestamp(ns,Europe/Berlin)", true)]
    [InlineData("Timestamp(s,UTC)", "Timestamp(s)", false)]
    [InlineData("Date32", "Utf8", false)]
    public void TypesOfAKindWillDo(string trained, string given, bool fits)
    {
        var pipeline = new FeaturePipeline
        {
            Inputs = [new("day", ColumnType.Parse(trained))],
            Derived = [],
            Features = [],
            Label = new("y", ColumnType.Float64, null),
        };
        var signature = new ModelSignature(ModelTask.Regression, pipeline);
        var columns = new Dictionary<string, ColumnType?> { ["day"] = ColumnType.Parse(given) };
        var error = Record.Exception(() => signature.Check(columns, withLabel: false));
        Assert.Equal(fits ? null : "SignatureMismatch", (error as RedisMLException)?.ErrorId);
        Assert.Equal(fits, error is null);
    }
}
