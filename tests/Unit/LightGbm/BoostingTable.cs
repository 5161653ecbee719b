using System.Text.Json;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Training;
using RedisML.Unit.Training;

namespace RedisML.Unit.LightGbm;

/// <summary>Made-up rows of numbers and categories, some missing, in which each kind of label follows from them.</summary>
static class BoostingTable
{
    public static readonly string[] Levels = ["a", "b", "c", "d"];

    public static TestTable Create(int rows = 3000)
    {
        var random = new Random(5);
        var x = Draw(() => random.NextDouble() < 0.1 ? (double?)null : random.NextDouble() * 10);
        var z = Draw(() => (double?)Math.Round(random.NextDouble() * 4));
        var code = Draw(() => random.NextDouble() < 0.05 ? (long?)null : random.Next(3, 40));
        var text = Draw(() => random.NextDouble() < 0.1 ? null : Levels[random.Next(4)]);
        var y = Enumerable.Range(0, rows).Select(i => (double?)(Math.Sin(x[i] ?? 3) * 3 + (code[i] % 5 ?? 2) + (text[i] == "b" ? 4 : 0)
            + z[i] * (x[i] is null ? 1 : 0.2) + random.NextDouble())).ToArray();
        return new TestTable().Add("x", x).Add("z", z).Add("code", code).Add("text", text).Add("y", y)
            .Add("yes", y.Select(value => value > 5 ? "yes" : "no"))
            .Add("kind", y.Select(value => value > 6 ? "c" : value > 4 ? "b" : "a"))
            .Add("count", y.Select(value => (long?)Math.Max(0, (long)value!.Value)))
            .Add("w", Draw(() => (double?)(0.5 + random.NextDouble())));

        T[] Draw<T>(Func<T> next) => [.. Enumerable.Range(0, rows).Select(_ => next())];
    }

    public static TrainingSpecification Specification(string label, params (string Name, object Value)[] options) => new()
    {
        Algorithm = "LightGbm",
        Label = label,
        Features = ["x", "z", "code", "text"],
        Categories = ["code"],
        Missing = MissingPolicy.Keep,
        Options = options.ToDictionary(option => option.Name, option => JsonSerializer.SerializeToElement(option.Value)),
    };

    /// <summary>The features as the library takes them, [rows, 4].</summary>
    public static double[] Matrix(TestTable table, FeaturePipeline pipeline)
    {
        var codes = ((CategoryFeature)pipeline.Features[2]).Levels;
        var matrix = new List<double>();
        for (int row = 0; row < table.Rows; row++)
        {
            matrix.Add((double?)table.Column("x")[row] ?? double.NaN);
            matrix.Add((double?)table.Column("z")[row] ?? double.NaN);
            matrix.Add(table.Column("code")[row] is long code ? codes.ToList().IndexOf($"{code}") : double.NaN);
            matrix.Add(table.Column("text")[row] is string text ? Array.IndexOf(Levels, text) : double.NaN);
        }
        return [.. matrix];
    }

    /// <summary>A model of what was trained, as if it were stored.</summary>
    public static Model Model(TrainingResult result) => new()
    {
        Name = "boosted",
        Version = 1,
        Created = default,
        Parameters = [.. result.Parameters.Select(parameter => parameter.Key)],
        Definition = new()
        {
            Algorithm = "LightGbm",
            Task = result.Task,
            Pipeline = result.Pipeline,
            Lineage = new() { Dataset = "made", DatasetVersion = 1, Run = "r", RowsUsed = result.RowsUsed, Trained = default },
        },
    };

    public static Predictions Predict(TrainingResult result, TestTable table)
    {
        using var rows = RowBatch.Of(table.Batch());
        return ModelFamilies.Load(Model(result), result.Parameters).Predict(rows);
    }
}
