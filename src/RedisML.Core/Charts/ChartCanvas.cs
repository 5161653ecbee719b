namespace RedisML.Charts;

/// <summary>The colours that charts use: what is drawn on, two for axes and text, and those of curves,
/// which the colour-blind tell apart.</summary>
/// <remarks>Curves after M. Okabe and K. Ito, <c>jfly.uni-koeln.de/color</c>.</remarks>
enum ChartColour : byte
{
    Paper,
    Grid,
    Ink,
    Blue,
    Orange,
    Green,
    Purple,
    Sky,
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
    /// <summary>The colour of a curve, counted from 0.</summary>
    public static ChartColour Curve(int index) => ChartColour.Blue + (byte)(index % (ChartColour.Sky - ChartColour.Blue + 1));

    /// <summary>A line through points.</summary>
    public abstract void Line(IReadOnlyList<(double X, double Y)> points, ChartColour colour, int thickness);

    /// <param name="tip">What is shown to those who point at it, where that can be.</param>
    public abstract void Rectangle(double x, double y, double width, double height, ChartColour colour, string? tip = null);

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
        while (text.Length > 1 && WidthOf(text + "…") > width) text = text[..^1];
        return text + "…";
    }
}
