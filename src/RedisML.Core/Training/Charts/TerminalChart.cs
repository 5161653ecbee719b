namespace RedisML.Training.Charts;

/// <summary>Draws curves with Braille dots, two across and four down a character; where there are several,
/// each has its name at its end.</summary>
public static class TerminalChart
{
    static readonly int[,] s_dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <param name="width">The width in characters, the axis included.</param>
    /// <param name="height">The height of the curve alone, in lines.</param>
    public static IReadOnlyList<string> Draw(MetricChart chart, int width, int height)
    {
        var marks = chart.Values.Marks.GroupBy(m => LineOf(m, height)).ToDictionary(g => g.Key, g => chart.Values.Label(g.Last()));
        int margin = marks.Values.Max(t => t.Length) + 1;
        int names = chart.Series.Count == 1 ? 0 : chart.Series.Max(s => s.Name.Length) + 1;
        int columns = Math.Max(10, width - margin - 1 - names);
        var cells = new int[height, columns];
        foreach (var series in chart.Series) Draw(chart, series, cells);

        var lines = new List<string> { chart.Title };
        var ends = new Dictionary<int, string>();
        foreach (var series in chart.Series)
        {
            // A line holds one name: a curve that ends where another does has its name on the nearest line that is free.
            int end = LineOf(series.Points[^1].Value, height);
            var free = Enumerable.Range(0, height).Where(line => !ends.ContainsKey(line)).ToList();
            if (free.Count > 0) ends.Add(free.MinBy(line => Math.Abs(line - end)), series.Name);
        }
        for (int line = 0; line < height; line++)
        {
            var text = string.Concat(Enumerable.Range(0, columns).Select(column => (char)(0x2800 + cells[line, column])));
            text = names > 0 && ends.TryGetValue(line, out var name) ? $"{text} {name}" : text.TrimEnd((char)0x2800);
            lines.Add($"{marks.GetValueOrDefault(line, "").PadLeft(margin - 1)} {(marks.ContainsKey(line) ? '┤' : '│')}{text}");
        }
        lines.Add($"{new string(' ', margin)}└{new string('─', columns)}");
        var (first, last) = (chart.Steps.Label(chart.Steps.From), chart.Steps.Label(chart.Steps.To));
        lines.Add($"{new string(' ', margin + 1)}{first}{last.PadLeft(Math.Max(last.Length + 1, columns - first.Length))}");
        return lines;

        int LineOf(double value, int height) => (int)Math.Round((1 - chart.Values.At(value)) * (height - 1));
    }

    static void Draw(MetricChart chart, MetricSeries series, int[,] cells)
    {
        int dotsAcross = cells.GetLength(1) * 2, dotsUp = cells.GetLength(0) * 4;
        var (lastX, lastY) = (-1, -1);
        foreach (var (step, value) in series.Points)
        {
            int x = (int)Math.Round(chart.Steps.At(step) * (dotsAcross - 1)),
                y = (int)Math.Round((1 - chart.Values.At(value)) * (dotsUp - 1));
            if (lastX < 0) (lastX, lastY) = (x, y);
            int steps = Math.Max(1, Math.Max(Math.Abs(x - lastX), Math.Abs(y - lastY)));
            for (int i = 0; i <= steps; i++)
            {
                int dotX = lastX + (x - lastX) * i / steps, dotY = lastY + (y - lastY) * i / steps;
                cells[dotY / 4, dotX / 2] |= s_dots[dotY % 4, dotX % 2];
            }
            (lastX, lastY) = (x, y);
        }
    }
}
