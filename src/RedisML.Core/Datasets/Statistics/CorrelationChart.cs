using System.Globalization;
using RedisML.Charts;

namespace RedisML.Datasets.Statistics;

/// <summary>Correlations as a square of cells: blue where columns rise together, orange where one falls as the other rises.</summary>
sealed class CorrelationChart : Chart
{
    const int Cell = 46, Labels = 120, Head = 40;

    readonly string[] _columns;
    readonly Dictionary<(string, string), ColumnCorrelation> _cells = [];

    public CorrelationChart(IReadOnlyList<ColumnCorrelation> correlations)
    {
        _columns = [.. correlations.SelectMany(c => new[] { c.Column, c.Other }).Distinct()];
        foreach (var c in correlations) _cells[(c.Column, c.Other)] = _cells[(c.Other, c.Column)] = c;
    }

    public override string Title => "Correlations (Pearson)";

    public override string Description => $"How each two of {_columns.Length} numeric columns go together; the table has the figures."
        + (_cells.Values.Where(c => c.Coefficient is not null).MaxBy(c => Math.Abs(c.Coefficient!.Value)) is { } strongest
            ? $" The strongest: {strongest.Column} and {strongest.Other}, {Number(strongest.Coefficient)}." : "");

    public override (int Width, int Height) Size =>
        (Labels + _columns.Length * Cell + 20, Head + Cell / 2 + _columns.Length * Cell);

    public override void Draw(ChartCanvas canvas)
    {
        canvas.Write(Title, 12, 18, TextAnchor.Start, isTitle: true);
        for (int i = 0; i < _columns.Length; i++)
        {
            canvas.Write(canvas.Shorten(_columns[i], Labels - 10), Labels - 6, Y(i) + Cell / 2, TextAnchor.End);
            canvas.Write(canvas.Shorten(_columns[i], Cell - 4), X(i) + Cell / 2, Head + Cell / 4, TextAnchor.Middle);
            for (int j = 0; j < _columns.Length; j++)
            {
                if (!_cells.TryGetValue((_columns[i], _columns[j]), out var cell)) continue;
                double value = cell.Coefficient ?? 0;
                var rows = cell.Rows.ToString("N0", CultureInfo.InvariantCulture);
                canvas.Rectangle(X(j), Y(i), Cell - 1, Cell - 1, value < 0 ? ChartColour.Orange : ChartColour.Blue,
                    $"{_columns[i]}, {_columns[j]}: {Number(cell.Coefficient)}, {rows} rows", 0.03 + 0.55 * Math.Abs(value));
                canvas.Write(Number(cell.Coefficient), X(j) + Cell / 2, Y(i) + Cell / 2, TextAnchor.Middle);
            }
        }

        static double X(int column) => Labels + column * Cell;

        static double Y(int row) => Head + Cell / 2 + row * Cell;
    }

    internal override IEnumerable<IEnumerable<string>> Table()
    {
        yield return ["Column", .. _columns];
        foreach (var row in _columns)
            yield return [row, .. _columns.Select(c => c == row ? "1" : Number(_cells.GetValueOrDefault((row, c))?.Coefficient))];
    }

    /// <summary>Two digits, with a real minus; a dash where there is none.</summary>
    static string Number(double? value) => value is { } v ? v.ToString("0.00", CultureInfo.InvariantCulture).Replace('-', '−') : "–";
}
