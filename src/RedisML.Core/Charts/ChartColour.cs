namespace RedisML.Charts;

/// <summary>The colours that charts use: what is drawn on, two for axes and text, and those of curves,
/// which the colour-blind tell apart.</summary>
/// <remarks>Curves after M. Okabe and K. Ito, <c>jfly.uni-koeln.de/color</c>.</remarks>
public enum ChartColour : byte
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
