using System.Globalization;
using System.Management.Automation.Host;
using RedisML.Charts;
using RedisML.Training.Charts;

namespace RedisML.PowerShell.Training;

/// <summary>Shows how runs go on: drawn over and over in the same place of a terminal, or as a line a step where there is none.</summary>
sealed class LiveLines(PSHost host)
{
    readonly Dictionary<(string Run, string Metric), long> _shown = [];
    int _height;

    /// <summary>Whether lines can be drawn over.</summary>
    public bool IsTerminal { get; } = !Console.IsOutputRedirected && host.Name == "ConsoleHost" && host.UI.SupportsVirtualTerminal;

    /// <summary>Draws lines in the place of those drawn before; on the pipeline thread.</summary>
    public void Redraw(IReadOnlyList<string> lines)
    {
        // Up to the first line, then each cleared as it is written: nothing flickers, and the cursor rests below.
        if (_height > 0) host.UI.Write($"\u001b[{_height}A\r");
        foreach (var line in lines) host.UI.Write($"\u001b[2K{line}\n");
        _height = lines.Count;
    }

    /// <summary>A line for each step that is new since the last call.</summary>
    public IEnumerable<string> New(IEnumerable<MetricRun> runs)
    {
        foreach (var (model, id, curves) in runs)
        {
            var steps = from curve in curves
                        let last = _shown.GetValueOrDefault((id, curve.Name), long.MinValue)
                        from point in curve.Points
                        where point.Step > last
                        group $"{curve.Name} {Chart.Text(point.Value)}" by point.Step into step
                        orderby step.Key
                        select string.Create(CultureInfo.InvariantCulture, $"{model} {id}  step {step.Key}  {string.Join("  ", step)}");
            foreach (var line in steps.ToList()) yield return line;
            foreach (var curve in curves.Where(c => c.Points.Count > 0)) _shown[(id, curve.Name)] = curve.Points[^1].Step;
        }
    }
}
