using System.Globalization;
using System.Text;
using RedisML.Evaluation;
using RedisML.Models;

namespace RedisML.PowerShell.Models;

/// <summary>The verdict on a model, as a section of the page that sums a build up.</summary>
static class GateSummary
{
    /// <returns>Markdown that ends in an empty line.</returns>
    public static string Of(Model model, string dataset, EvaluationResult result, IReadOnlyList<string> problems)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"### {Plain(model.Name)}, version {model.Version}, ")
            .Append(problems.Count == 0 ? "passed" : "rejected").Append("\n\n");
        foreach (var problem in problems) text.Append("- ").Append(Plain(problem)).Append('\n');
        if (problems.Count > 0) text.Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"| {Plain(dataset)} | {result.Rows:N0} rows |\n|---|---:|\n");
        foreach (var (name, value) in EvaluationFigures.Known(result))
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {value:G6} |\n");
        return text.Append('\n').ToString();
    }

    /// <summary>A text out of data, without what Markdown would make something of.</summary>
    static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (char c in text)
        {
            if (@"\`*_{}[]<>()#+!|~".Contains(c)) plain.Append('\\');
            plain.Append(char.IsControl(c) ? ' ' : c);
        }
        return plain.ToString();
    }
}
