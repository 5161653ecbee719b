using System.Globalization;
using System.Text;
using System.Text.Json;
using RedisML.Charts;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Training.Charts;

namespace RedisML.ModelFiles;

/// <summary>What is to be known of a model, as one HTML file: figures, curves, weights by name, where it came from, and how to use
/// it.</summary>
sealed class ModelCard
{
    /// <summary>The weights that are shown, the heaviest.</summary>
    const int MaxWeights = 100;

    /// <summary>Curves that are drawn, where the run still has them.</summary>
    static readonly string[] s_curves = ["loss", "validationLoss"];

    readonly ReportPage _page;

    ModelCard(Model model) => _page = new($"{model.Name}, version {model.Version}", model.Description ?? "");

    /// <summary>The bytes of the file.</summary>
    /// <param name="metrics">Those of the run that trained it; none where it is gone.</param>
    public static byte[] Write(
        Model model, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters, IReadOnlyList<RunMetric> metrics)
    {
        var card = new ModelCard(model);
        card.Summary(model);
        card.Evaluations(model);
        card.Curves(model, metrics);
        card.Inputs(model);
        card.Weights(model, parameters);
        card.Code(model, parameters);
        return Encoding.UTF8.GetBytes(card._page.ToString());
    }

    void Summary(Model model)
    {
        var definition = model.Definition;
        List<(string, string)> rows = [];
        if (definition is not null)
        {
            rows.Add(("Algorithm", definition.Algorithm));
            rows.Add(("Predicts", definition.Pipeline is { } said ? $"{said.Label.Column} ({definition.Task})" : $"{definition.Task}"));
            if (definition.Pipeline?.Label.Classes is { } classes) rows.Add(("Classes", string.Join(", ", classes)));
            var lineage = definition.Lineage;
            if (lineage.Dataset.Length > 0) rows.Add(("Dataset", $"{lineage.Dataset}, version {lineage.DatasetVersion}"));
            if (lineage.RowsUsed > 0)
                rows.Add(("Rows", $"{Count(lineage.RowsUsed)} used, {Count(lineage.RowsDropped)} left out for a missing value"));
            if (lineage.Run.Length > 0) rows.Add(("Run", lineage.Run));
            if (lineage.Seed is { } seed) rows.Add(("Seed", Count(seed)));
            if (lineage.Module is { } module) rows.Add(("RedisML", module));
            rows.Add(("Trained", Time(lineage.Trained)));
            if (definition.Options is { } options && model.Algorithm != "Onnx")
                rows.Add(("Options", JsonSerializer.Serialize(options, ModelJson.Default.JsonElement)));
            rows.AddRange(definition.Metrics.Select(metric => (metric.Key, Chart.Text(metric.Value))));
        }
        rows.Add(("Written", Time(model.Created)));
        if (model.Modified) rows.Add(("Modified", "Parameters were changed by hand."));
        if (model.Aliases.Count > 0) rows.Add(("Aliases", string.Join(", ", model.Aliases)));
        rows.AddRange(model.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => (tag.Key, tag.Value)));
        Table("Summary", ["What", "Value"], rows.Select(row => new[] { row.Item1, row.Item2 }));
    }

    void Evaluations(Model model)
    {
        if (model.Evaluations.Count == 0) return;
        var figures = model.Evaluations.SelectMany(evaluation => evaluation.Figures.Keys).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToList();
        Table("Evaluation", ["Dataset", "Rows", .. figures], model.Evaluations.Select(evaluation => (string[])
        [
            $"{evaluation.Dataset}, version {evaluation.DatasetVersion}", Count(evaluation.Rows),
            .. figures.Select(name => evaluation.Figures.TryGetValue(name, out double value) ? Chart.Text(value) : ""),
        ]));
    }

    void Curves(Model model, IReadOnlyList<RunMetric> metrics)
    {
        var curves = s_curves.Select(name => new MetricSeries(name, metrics.Where(metric => metric.Name == name)))
            .Where(curve => curve.Points.Count > 1).ToList();
        if (curves.Count == 0) return;
        var chart = new MetricChart($"{string.Join(", ", curves.Select(curve => curve.Name))} of {model.Name}", "loss", curves);
        _page.Section("Training");
        _page.Figure(chart);
        _page.Table(chart.Title, chart.Table());
    }

    void Inputs(Model model)
    {
        if (model.Definition?.Pipeline is not { } pipeline) return;
        Table("Columns", ["Column", "Type"], pipeline.Inputs.Select(input => new[] { input.Name, $"{input.Type}" }));
        if (pipeline.Derived.Count > 0)
            Table("Derived columns", ["Column", "Expression"],
                pipeline.Derived.Select(derived => new[] { derived.Name, derived.Expression }));
    }

    void Weights(Model model, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters)
    {
        var elements = ModelFamilies.Explain(model, parameters.ToDictionary(StringComparer.Ordinal));
        if (elements.Count == 0) return;
        var heaviest = elements.OrderByDescending(element => Math.Abs(element.Value)).Take(MaxWeights).ToList();
        var title = heaviest.Count < elements.Count ? $"The {heaviest.Count} heaviest of {Count(elements.Count)} parameters" : "Parameters";
        Table(title, ["Parameter", "Class", "Column", "Level", "Value", "In the column's unit"], heaviest.Select(element => new[]
        {
            element.Index.Count == 0 ? element.Name : $"{element.Name}[{string.Join(", ", element.Index)}]", element.Class ?? "",
            element.Feature ?? "", element.IsMissing ? "(missing)" : element.Level ?? "", Chart.Text(element.Value),
            element.RawValue is { } raw ? Chart.Text(raw) : "",
        }));
    }

    void Code(Model model, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters)
    {
        var reference = Shell($"{model.Name}@{model.Version}");
        if (model.Definition?.Pipeline is not { } pipeline || !Predicts(model, parameters))
        {
            if (parameters.Count > 0) Sample("PowerShell", $"Get-RedisModelParameter {reference}");
            return;
        }
        Sample("PowerShell", $$"""
            Import-Csv new.csv | Invoke-RedisPrediction {{reference}}
            [pscustomobject]@{ {{string.Join("; ", pipeline.Inputs.Select(input => $"{Shell(input.Name)} = …"))}} } |
                Invoke-RedisPrediction {{reference}}
            """);
        // What came as ONNX has inputs of its own.
        if (ModelFamilies.Find(model.Definition.Algorithm)?.Onnx is not { } form || pipeline.Features.Any(f => f is HashedFeature)
            || form.Original(parameters.ToDictionary(StringComparer.Ordinal)) is not null) return;
        Sample("Python, from the file that Export-RedisModel writes as ONNX", $$"""
            import onnxruntime
            session = onnxruntime.InferenceSession({{Json(model.Name + ".onnx")}})
            session.run(None, { {{string.Join(", ", pipeline.Inputs.Select(input => $"{Json(input.Name)}: [[…]]"))}} })
            """);
    }

    /// <summary>Not so a script's own model.</summary>
    static bool Predicts(Model model, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters)
    {
        try
        {
            _ = ModelFamilies.Load(model, parameters);
            return true;
        }
        catch (RedisMLException)
        {
            return false;
        }
    }

    void Sample(string title, string code)
    {
        _page.Section(title);
        _page.Code(code);
    }

    void Table(string title, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        _page.Section(title);
        _page.Table(title, [head, .. rows]);
    }

    /// <summary>A text as a word of PowerShell.</summary>
    static string Shell(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static string Time(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);
}
