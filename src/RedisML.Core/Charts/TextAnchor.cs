namespace RedisML.Charts;

/// <summary>Where a text stands beside its point.</summary>
public enum TextAnchor
{
    Start,
    Middle,
    End,
}
