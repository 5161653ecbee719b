using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction.Onnx;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Formats.Onnx;

/// <summary>What ONNX Runtime computes, beside a prediction worked out a row at a time from the definition.</summary>
public sealed class OnnxExportTests
{
    const double Missing = double.NaN;
    const double Tolerance = 1e-9;

    // Each row is there for something: missing values, unseen levels, numbers that are no integers where levels are.
    static readonly Dictionary<string, ColumnVector> s_columns = new()
    {
        ["carat"] = new NumberVector(ColumnType.Float64, new[] { 0.25, 1.5, Missing, 3, -0.5, 0 }),
        ["table"] = new NumberVector(ColumnType.Int64, new[] { 55.0, Missing, 60, 61, 1e6, 57 }),
        ["is sold"] = new NumberVector(ColumnType.Boolean, new[] { 1.0, 0, 1, Missing, 0, 1 }),
        ["cut"] = new TextVector(new[] { 0, 1, 2, -1, 3, 0 }, ["good", "ideal", "größer, \"quoted\"", "never seen"]),
        ["color"] = new TextVector(new[] { 1, -1, 0, 0, 1, 1 }, ["D", "good"]),
        ["month"] = new NumberVector(ColumnType.Int64, new[] { 1.0, 12, Missing, 7, 1.5, 1e300 }),
        ["grade"] = new NumberVector(ColumnType.Float64, new[] { 0.5, 1.5, Missing, 2, 0.5, 0.1 }),
    };

    static readonly FeaturePipeline s_pipeline = new()
    {
        Inputs = [.. s_columns.Select(c => new ColumnSchema(c.Key, c.Value.Type))],
        Derived = [new("ratio", "log1p(table) / (carat + 1)"), new("kind", "if(carat > 1, 'large', cut)"),
            new("pricey", "ratio > 2 and cut != 'good'")],
        Features =
        [
            new NumericFeature("carat", 0.8, 0.5),
            new CategoryFeature("cut", ColumnType.Utf8, ["good", "größer, \"quoted\"", "ideal"], true),
            new NumericFeature("table", 57.25, 2.5),
            new CategoryFeature("month", ColumnType.Int64, ["1", "2", "12"], true),
            new CategoryFeature("grade", ColumnType.Float64, ["0.5", "1.5"], true),
            new CategoryFeature("is sold", ColumnType.Boolean, ["false", "true"], true),
            new NumericFeature("ratio", 1, 2),
            new CategoryFeature("kind", ColumnType.Utf8, ["good", "large"], true),
            new CategoryFeature("pricey", ColumnType.Boolean, ["false", "true"], true),
            new NumericFeature("is sold", 0.5, 1),
        ],
        Label = new("price", ColumnType.Float64, null),
        Missing = MissingPolicy.Mean,
    };

    static readonly FeaturePipeline s_withoutMissing = s_pipeline with
    {
        Features = [.. s_pipeline.Features.Select(f => f is CategoryFeature category ? category with { MissingLevel = false } : f)],
    };

    [Theory]
    [InlineData(MissingPolicy.Mean, true)]
    [InlineData(MissingPolicy.Mean, false)]
    [InlineData(MissingPolicy.Drop, false)]
    public void LinearPredictsTheSame(MissingPolicy policy, bool missingLevels)
    {
        var pipeline = (missingLevels ? s_pipeline : s_withoutMissing) with { Missing = policy };
        var (scores, outputs) = Run("Linear", pipeline);
        AssertEqual(scores.Select(s => s[0]), outputs["prediction"]);
        if (policy == MissingPolicy.Drop) Assert.Contains(double.NaN, (double[])outputs["prediction"]);
        Assert.Contains((double[])outputs["prediction"], double.IsFinite);
    }

    [Theory]
    [InlineData(MissingPolicy.Mean)]
    [InlineData(MissingPolicy.Drop)]
    public void LogisticPredictsTheSame(MissingPolicy policy)
    {
        var pipeline = s_withoutMissing with { Missing = policy, Label = new("price", ColumnType.Utf8, ["low", "high"]) };
        var (scores, outputs) = Run("Logistic", pipeline);
        var positive = scores.Select(s => 1 / (1 + Math.Exp(-s[0]))).ToArray();
        AssertEqual(positive.SelectMany(p => new[] { 1 - p, p }), outputs["probability"]);
        Assert.Equal(positive.Select(p => double.IsNaN(p) ? "" : p > 0.5 ? "high" : "low"), (string[])outputs["label"]);
    }

    [Theory]
    [InlineData("Int64", "1", "2", "10")]
    [InlineData("Float64", "0.5", "1.5", "2")]
    public void SoftmaxPredictsTheSame(string typeName, params string[] classes)
    {
        var type = ColumnType.Parse(typeName);
        var pipeline = s_withoutMissing with { Missing = MissingPolicy.Drop, Label = new("price", type, classes) };
        var (scores, outputs) = Run("Softmax", pipeline);
        var probabilities = scores.Select(row =>
        {
            var exponentials = row.Select(s => Math.Exp(s - row.Max())).ToArray();
            return exponentials.Select(e => e / exponentials.Sum()).ToArray();
        }).ToArray();
        AssertEqual(probabilities.SelectMany(p => p), outputs["probability"]);
        AssertEqual(probabilities.Select(p => p.Any(double.IsNaN) ? Missing : Categories.Parse(type, classes[Array.IndexOf(p, p.Max())])),
            outputs["label"]);
    }

    [Theory]
    [InlineData("carat + table * 2 - -carat")]
    [InlineData("carat / 0 > 5")]
    [InlineData("carat / 0")]
    [InlineData("table % 7 + carat % 2")]
    [InlineData("carat ^ 2 + 2 ** carat")]
    [InlineData("carat ^ 0")]
    [InlineData("sqrt(abs(carat)) + exp(carat)")]
    [InlineData("log(table) + log10(table) + log1p(carat * 1e-12) * 1e12")]
    [InlineData("log(carat)")]
    [InlineData("floor(carat) + ceil(carat) * 10 + round(carat * 2.5) * 100")]
    [InlineData("sin(carat) + cos(carat)")]
    [InlineData("min(carat, table, 1) + max(carat, 0)")]
    [InlineData("(carat == 0) + 10 * (carat != 0)")]
    [InlineData("(carat < 1) + 10 * (carat <= 1.5) + 100 * (carat > 1.5) + 1000 * (carat >= 1.5)")]
    [InlineData("carat > 0 and [is sold]")]
    [InlineData("carat > 0 or [is sold]")]
    [InlineData("not [is sold]")]
    [InlineData("isnull(carat) + 10 * isnull(cut)")]
    [InlineData("if(carat > 0, table, -1)")]
    [InlineData("coalesce(carat, table, 0)")]
    [InlineData("cut == 'good'")]
    [InlineData("'good' != cut")]
    [InlineData("cut in ('good', 'ideal')")]
    [InlineData("cut not in ('', 'good')")]
    [InlineData("table in (55, -1, 60)")]
    [InlineData("[is sold] -eq $true -and carat -gt 0")]
    [InlineData("cut == color")]
    [InlineData("coalesce(cut, color) == if(carat > 0, 'good', cut)")]
    public void EveryOperationComputesTheSame(string expression)
    {
        var vector = (NumberVector)ColumnExpression.Parse(expression).Evaluate(name => s_columns[name], 6);
        var pipeline = s_pipeline with
        {
            Derived = [new("x", expression)],
            Features = [vector.Type == ColumnType.Boolean ? new CategoryFeature("x", ColumnType.Boolean, ["false", "true"], false)
                : new NumericFeature("x", 0, 1)],
            Missing = MissingPolicy.Drop,
        };
        var (scores, outputs) = Run("Linear", pipeline);
        AssertEqual(scores.Select(s => s[0]), outputs["prediction"]);
    }

    [Theory]
    [InlineData("month(day)")]
    [InlineData("day >= '2023-12-01'")]
    [InlineData("length(cut)")]
    [InlineData("upper(cut) == 'GOOD'")]
    [InlineData("cut -like 'g*'")]
    [InlineData("cut -eq 'good'")]
    public void WhatOnnxCantHoldIsRefused(string expression)
    {
        var pipeline = new FeaturePipeline
        {
            Inputs = [new("day", ColumnType.Date32), new("cut", ColumnType.Utf8)],
            Derived = [new("x", expression)],
            Features = [new NumericFeature("x", 0, 1)],
            Label = new("price", ColumnType.Float64, null),
        };
        var error = Assert.Throws<RedisMLException>(() => Export("Linear", pipeline, [2], [0.5]));
        Assert.Equal("OnnxUnsupported", error.ErrorId);
        Assert.Contains(expression, error.Message);
    }

    [Fact]
    public void TextDerivedFromTextIsTheSame()
    {
        var pipeline = s_pipeline with
        {
            Derived = [new("x", "coalesce(cut, if(table > 60, 'big', color))"), new("y", "x")],
            Features = [new CategoryFeature("y", ColumnType.Utf8, ["big", "good", "ideal"], false)],
        };
        var (scores, outputs) = Run("Linear", pipeline);
        AssertEqual(scores.Select(s => s[0]), outputs["prediction"]);
    }

    [Fact]
    public void AColumnNamedAsAnOutputKeepsItsName()
    {
        var pipeline = new FeaturePipeline
        {
            Inputs = [new("prediction", ColumnType.Float64)],
            Features = [new NumericFeature("prediction", 0, 1)],
            Label = new("price", ColumnType.Float64, null),
        };
        using var run = new OnnxRun(Export("Linear", pipeline, [2], [0.5]));
        Assert.Equal(["prediction"], run.Inputs);
        Assert.Equal([3.5], (double[])run.Run(_ => new NumberVector(ColumnType.Float64, new[] { 1.5 }))["prediction_1"]);
    }

    [Fact]
    public void TheFileSaysWhereTheModelCameFrom()
    {
        using var run = new OnnxRun(Export("Linear", s_pipeline, Weights(s_pipeline.Width), [0]));
        Assert.Equal(("m", "diamonds", "3", "42", "price"),
            (run.Metadata["model"], run.Metadata["dataset"], run.Metadata["dataset_version"], run.Metadata["seed"], run.Metadata["label"]));
    }

    [Fact]
    public void AModelSetByHandIsRefused()
    {
        var model = new Model { Name = "m", Version = 1, Created = DateTimeOffset.UnixEpoch, Parameters = [] };
        Assert.Equal("ModelNotTrained",
            Assert.Throws<RedisMLException>(() => OnnxModel.Write(model, new Dictionary<string, ParameterValue>())).ErrorId);
    }

    [Fact]
    public void WeightsThatDontFitAreRefused()
    {
        var error = Assert.Throws<RedisMLException>(() => Export("Linear", s_pipeline, [1, 2], [0]));
        Assert.Equal("ParameterShapeMismatch", error.ErrorId);
    }

    /// <summary>Expected scores of each row, and what ONNX Runtime gives.</summary>
    static (double[][] Scores, Dictionary<string, Array> Outputs) Run(string algorithm, FeaturePipeline pipeline)
    {
        int outputs = algorithm == "Softmax" ? pipeline.Label.Classes!.Count : 1;
        var weights = Weights(outputs * pipeline.Width);
        var intercepts = Weights(outputs);
        using var run = new OnnxRun(Export(algorithm, pipeline, weights, intercepts));
        var scores = Enumerable.Range(0, 6).Select(row => Enumerable.Range(0, outputs)
            .Select(k => intercepts[k] + Score(pipeline, weights.AsSpan(k * pipeline.Width, pipeline.Width), row)).ToArray()).ToArray();
        return (scores, run.Run(name => s_columns[name]));
    }

    static double Score(FeaturePipeline pipeline, ReadOnlySpan<double> weights, int row)
    {
        double score = 0;
        int position = 0;
        foreach (var feature in pipeline.Features)
        {
            var column = Column(pipeline, feature.Column);
            bool isMissing = column is TextVector t ? t.Codes[row] < 0 : double.IsNaN(((NumberVector)column).Values[row]);
            if (isMissing && pipeline.Missing == MissingPolicy.Drop) return Missing;
            if (feature is NumericFeature number)
            {
                double value = isMissing ? number.Mean : ((NumberVector)column).Values[row];
                score += weights[position] * (value - number.Mean) / number.Scale;
            }
            else
            {
                var category = (CategoryFeature)feature;
                string? text = isMissing ? null : column is TextVector v ? v.Levels[v.Codes[row]]
                    : Categories.Format(category.Type, ((NumberVector)column).Values[row]);
                int level = isMissing ? category.MissingLevel ? category.Levels.Count : -1 : category.Levels.ToList().IndexOf(text!);
                if (level >= 0) score += weights[position + level];
            }
            position += feature.Width;
        }
        return score;
    }

    static ColumnVector Column(FeaturePipeline pipeline, string name) => pipeline.Derived.FirstOrDefault(d => d.Name == name) is { } derived
        ? ColumnExpression.Parse(derived.Expression).Evaluate(column => Column(pipeline, column), 6)
        : s_columns[name];

    static byte[] Export(string algorithm, FeaturePipeline pipeline, double[] weights, double[] intercepts)
    {
        var model = new Model
        {
            Name = "m",
            Version = 2,
            Created = DateTimeOffset.UnixEpoch,
            Parameters = ["intercept", "weight"],
            Definition = new()
            {
                Algorithm = algorithm,
                Task = TestModels.TaskOf(algorithm),
                Pipeline = pipeline,
                Lineage = new()
                {
                    Dataset = "diamonds", DatasetVersion = 3, Run = "r", Seed = 42, RowsUsed = 6,
                    Trained = DateTimeOffset.UnixEpoch
                },
            },
        };
        return OnnxModel.Write(model, new Dictionary<string, ParameterValue>
        {
            ["weight"] = algorithm == "Softmax" ? new Tensor(weights, intercepts.Length, pipeline.Width)
                : new Tensor(weights, weights.Length),
            ["intercept"] = algorithm == "Softmax" ? new Tensor(intercepts, intercepts.Length) : new Scalar(intercepts[0]),
        });
    }

    static double[] Weights(int count) => [.. Enumerable.Range(1, count).Select(i => Math.Sin(i * 1.7))];

    static void AssertEqual(IEnumerable<double> expected, Array actual) => Assert.Equal(expected, (double[])actual,
        (a, b) => a.Equals(b) || Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Abs(a)));
}
