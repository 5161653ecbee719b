namespace RedisML.Charts;

/// <summary>What charts are drawn on, as SVG or by an extension: pixels from the upper left corner.</summary>
public abstract class ChartCanvas
{
    /// <summary>A line through points.</summary>
    public abstract void Line(
        IReadOnlyList<(double X, double Y)> points, ChartColour colour, int thickness, bool isDashed = false);

    /// <param name="tip">What is shown to those who point at it, where that can be.</param>
    /// <param name="opacity">From 0, where nothing is seen of it, to 1.</param>
    public abstract void Rectangle(
        double x, double y, double width, double height, ChartColour colour, string? tip = null, double opacity = 1);

    /// <summary>What is shown to those who point there, where that can be.</summary>
    public virtual void Tip(double x, double y, ChartColour colour, string text) { }

    /// <param name="y">Where the middle of the text's height is.</param>
    public abstract void Write(string text, double x, double y, TextAnchor anchor, bool isTitle = false);

    /// <summary>How wide a text is, about.</summary>
    public abstract double WidthOf(string text);

    /// <summary>A text cut so that it isn't wider.</summary>
    public string Shorten(string text, double width)
    {
        if (WidthOf(text) <= width) return text;
        while (text.Length > 1 && WidthOf(text + "…") > width) text = text[..^(char.IsLowSurrogate(text[^1]) ? 2 : 1)];
        return text + "…";
    }
}
