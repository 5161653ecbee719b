namespace RedisML.Charts;

/// <summary>The colours that charts use.</summary>
enum ChartColour : byte
{
    White,
    Grey,
    Black,
    Blue,
}

/// <summary>Where a text stands beside its point.</summary>
enum TextAnchor
{
    Start,
    Middle,
    End,
}

/// <summary>What charts are drawn on: pixels from the upper left corner.</summary>
abstract class ChartCanvas
{
    /// <summary>A line through points.</summary>
    public abstract void Line(IReadOnlyList<(double X, double Y)> points, ChartColour colour, int thickness);

    public abstract void Rectangle(double x, double y, double width, double height, ChartColour colour);

    /// <param name="y">Of its middle.</param>
    public abstract void Write(string text, double x, double y, TextAnchor anchor, bool isTitle = false);

    /// <summary>How wide a text is, about.</summary>
    public abstract double WidthOf(string text);

    /// <summary>A text cut so that it isn't wider.</summary>
    public string Shorten(string text, double width)
    {
        if (WidthOf(text) <= width) return text;
        while (text.Length > 1 && WidthOf(text + "…") > width) text = text[..^1];
        return text + "…";
    }
}
