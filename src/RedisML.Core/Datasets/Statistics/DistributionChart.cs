using System.Globalization;
using RedisML.Charts;

namespace RedisML.Datasets.Statistics;

/// <summary>The columns of a dataset side by side: histograms, or bars of the most frequent values.</summary>
public sealed class DistributionChart(string title, IReadOnlyList<ColumnSummary> columns) : Chart
{
    const int Head = 44;

    int Across => Math.Min(3, Math.Max(1, columns.Count));

    public override string Title => title;

    public override string Description =>
        $"How the values of {columns.Count} columns lie: {string.Join(", ", columns.Select(c => c.Column))}.";

    public override (int Width, int Height) Size =>
        (Across * DistributionPanel.Width, Head + (columns.Count + Across - 1) / Across * DistributionPanel.Height);

    public override void Draw(ChartCanvas canvas)
    {
        canvas.Write(canvas.Shorten(Title, Size.Width * 0.75), Size.Width / 2, 24, TextAnchor.Middle, isTitle: true);
        for (int i = 0; i < columns.Count; i++)
            DistributionPanel.Draw(canvas, columns[i], i % Across * DistributionPanel.Width, Head + i / Across * DistributionPanel.Height);
    }

    internal override IEnumerable<IEnumerable<string>> Table()
    {
        var probabilities = columns.FirstOrDefault(c => c.Quantiles is not null)?.Quantiles!.Select(q => q.Probability).ToArray() ?? [];
        yield return [
            "Column", "Type", "Count", "Missing", "Distinct", "Mean", "Deviation", "Minimum",
            .. probabilities.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p * 100:0.###} %")), "Maximum", "Most frequent",
        ];
        foreach (var c in columns)
            yield return [
                c.Column, $"{c.Type}", Number(c.Count), Number(c.Missing), Number(c.Distinct), Text(c.Mean), Text(c.StandardDeviation),
                Text(c.Minimum),
                .. probabilities.Select((_, i) => Text(c.Quantiles?[i].Value)), Text(c.Maximum),
                string.Join(", ", c.Top?.Select(v => $"{ValueLabel.Of(v.Value!)}: {Number(v.Rows)}") ?? []),
            ];
    }

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    static string Text(object? value) => value is null ? "" : ValueLabel.Of(value);
}
