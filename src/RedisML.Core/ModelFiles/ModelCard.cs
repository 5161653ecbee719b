using System.Globalization;
using System.Net;
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

/// <summary>What is to be known of a model, as one HTML file that needs no other and runs no script: figures, curves, weights by name,
/// where it came from, and how to use it.</summary>
/// <remarks>All names in it are somebody else's: each is escaped, and the page forbids itself to load or run anything.</remarks>
sealed class ModelCard
{
    /// <summary>The weights that are shown, the heaviest.</summary>
    const int MaxWeights = 100;

    /// <summary>Curves that are drawn, where the run still has them.</summary>
    static readonly string[] s_curves = ["loss", "validationLoss"];

    readonly StringBuilder _page = new();

    /// <summary>The bytes of the file.</summary>
    /// <param name="metrics">Those of the run that trained it; none where it is gone.</param>
    public static byte[] Write(
        Model model, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters, IReadOnlyList<RunMetric> metrics)
    {
        var card = new ModelCard();
        card.Start(model);
        card.Summary(model);
        card.Evaluations(model);
        card.Curves(model, metrics);
        card.Inputs(model);
        card.Weights(model, parameters);
        card.Code(model, parameters);
        card._page.Append("</main>\n</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(card._page.ToString());
    }

    void Start(Model model) => _page.Append(CultureInfo.InvariantCulture, $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="color-scheme" content="light dark">
        <meta name="viewport" content="width=device-width">
        <title>{{Html(model.Name)}}, version {{model.Version}}</title>
        <style>
        body { font-family: sans-serif; max-width: 52em; margin: 1em auto; padding: 0 1em; line-height: 1.4; }
        svg { width: 100%; }
        table { border-collapse: collapse; font-size: 0.9em; }
        th, td { padding: 0.2em 0.8em; text-align: left; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        pre { padding: 0.8em; border: 1px solid #8884; overflow-x: auto; }
        </style>
        </head>
        <body>
        <main>
        <h1>{{Html(model.Name)}}, version {{model.Version}}</h1>

        """);

    void Summary(Model model)
    {
        if (!string.IsNullOrEmpty(model.Description)) _page.Append(CultureInfo.InvariantCulture, $"<p>{Html(model.Description)}</p>\n");
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
        Table("Summary", [], rows.Select(row => new[] { row.Item1, row.Item2 }), numbersFrom: 2);
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
        ]), numbersFrom: 1);
    }

    void Curves(Model model, IReadOnlyList<RunMetric> metrics)
    {
        var curves = s_curves.Select(name => new MetricSeries(name, metrics.Where(metric => metric.Name == name)))
            .Where(curve => curve.Points.Count > 1).ToList();
        if (curves.Count == 0) return;
        var chart = new MetricChart($"{string.Join(", ", curves.Select(curve => curve.Name))} of {model.Name}", "loss", curves);
        _page.Append(CultureInfo.InvariantCulture, $"<h2>Training</h2>\n{Encoding.UTF8.GetString(chart.ToFile(ChartFormat.Svg))}\n");
    }

    void Inputs(Model model)
    {
        if (model.Definition?.Pipeline is not { } pipeline) return;
        Table("Columns", ["Column", "Type"], pipeline.Inputs.Select(input => new[] { input.Name, $"{input.Type}" }), numbersFrom: 2);
        if (pipeline.Derived.Count > 0)
            Table("Derived columns", ["Column", "Expression"],
                pipeline.Derived.Select(derived => new[] { derived.Name, derived.Expression }), numbersFrom: 2);
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
        }), numbersFrom: 4);
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

    void Sample(string title, string code) =>
        _page.Append(CultureInfo.InvariantCulture, $"<h2>{Html(title)}</h2>\n<pre><code>{Html(code)}</code></pre>\n");

    void Table(string title, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, int numbersFrom)
    {
        _page.Append(CultureInfo.InvariantCulture, $"<h2>{Html(title)}</h2>\n<table>\n");
        if (head.Count > 0)
            _page.Append("<thead><tr>").AppendJoin("", head.Select((cell, i) => $"<th scope=\"col\"{Class(i)}>{Html(cell)}</th>"))
                .Append("</tr></thead>\n");
        _page.Append("<tbody>\n");
        foreach (var row in rows)
            _page.Append("<tr>").AppendJoin("", row.Select((cell, i) => $"<td{Class(i)}>{Html(cell)}</td>")).Append("</tr>\n");
        _page.Append("</tbody>\n</table>\n");

        string Class(int column) => column >= numbersFrom ? " class=\"number\"" : "";
    }

    static string Html(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A text as a word of PowerShell.</summary>
    static string Shell(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static string Time(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);
}
