namespace RedisML.Charts;

/// <summary>The formats of a chart's file.</summary>
public enum ChartFormat
{
    Svg,
    Html,

    /// <summary>Drawn by the extension <c>RedisML.Png</c>.</summary>
    Png,
}
