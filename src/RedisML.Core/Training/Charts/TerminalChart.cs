using RedisML.Charts;

namespace RedisML.Training.Charts;

/// <summary>Draws a curve with Braille dots, two across and four down a character.</summary>
public static class TerminalChart
{
    static readonly int[,] s_dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <param name="width">In characters, the axis included.</param>
    /// <param name="height">In lines, of the curve alone.</param>
    public static IReadOnlyList<string> Draw(MetricChart chart, int width, int height)
    {
        var ticks = chart.ValueTicks.Select(Chart.Text).ToArray();
        int margin = ticks.Max(t => t.Length) + 1, columns = Math.Max(10, width - margin - 1);
        var cells = new int[height, columns];
        int dotsAcross = columns * 2, dotsUp = height * 4;
        var (lastX, lastY) = (-1, -1);
        foreach (var (step, value) in chart.Points)
        {
            int x = (int)Math.Round(chart.Across(step) * (dotsAcross - 1)), y = (int)Math.Round((1 - chart.Up(value)) * (dotsUp - 1));
            if (lastX < 0) (lastX, lastY) = (x, y);
            int steps = Math.Max(1, Math.Max(Math.Abs(x - lastX), Math.Abs(y - lastY)));
            for (int i = 0; i <= steps; i++)
            {
                int dotX = lastX + (x - lastX) * i / steps, dotY = lastY + (y - lastY) * i / steps;
                cells[dotY / 4, dotX / 2] |= s_dots[dotY % 4, dotX % 2];
            }
            (lastX, lastY) = (x, y);
        }

        var lines = new List<string> { chart.Title };
        for (int line = 0; line < height; line++)
        {
            // The marks, from above, on the lines nearest to them.
            int tick = Enumerable.Range(0, ticks.Length).FirstOrDefault(t => (int)Math.Round((1 - (double)t / (ticks.Length - 1)) * (height - 1)) == line, -1);
            var text = string.Concat(Enumerable.Range(0, columns).Select(column => (char)(0x2800 + cells[line, column])));
            lines.Add($"{(tick < 0 ? "" : ticks[tick]).PadLeft(margin - 1)} {(tick < 0 ? '│' : '┤')}{text.TrimEnd((char)0x2800)}");
        }
        lines.Add($"{new string(' ', margin)}└{new string('─', columns)}");
        var (first, last) = ($"{chart.FirstStep}", $"{chart.LastStep}");
        lines.Add($"{new string(' ', margin + 1)}{first}{last.PadLeft(Math.Max(last.Length + 1, columns - first.Length))}");
        return lines;
    }
}
