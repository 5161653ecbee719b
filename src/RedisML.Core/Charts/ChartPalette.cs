namespace RedisML.Charts;

/// <summary>How <see cref="ChartColour"/> looks.</summary>
public static class ChartPalette
{
    /// <summary>Red, green and blue on light paper and on dark, as <c>0xRRGGBB</c>.</summary>
    static readonly (uint Light, uint Dark)[] s_colours =
    [
        (0xffffff, 0x16181c), (0xdddddd, 0x3a3e46), (0x282828, 0xdcdfe4),
        (0x0072b2, 0x4da6dc), (0xd55e00, 0xf08a3c), (0x009e73, 0x2fc79a), (0xaa4499, 0xd28cc6), (0x56b4e9, 0x8fd0f5),
    ];

    /// <summary>On light paper, as <c>0xRRGGBB</c>.</summary>
    public static uint Light(ChartColour colour) => s_colours[(int)colour].Light;

    /// <summary>On dark paper, as <c>0xRRGGBB</c>.</summary>
    public static uint Dark(ChartColour colour) => s_colours[(int)colour].Dark;

    /// <summary>The colour of a curve, counted from 0.</summary>
    public static ChartColour Curve(int index) => ChartColour.Blue + (byte)(index % (ChartColour.Sky - ChartColour.Blue + 1));
}
