namespace RedisML.Charts;

/// <summary>A format of pictures that an extension draws charts in.</summary>
public interface IPictureFormat
{
    /// <summary>What its files end in, such as <c>.png</c>.</summary>
    string Extension { get; }

    /// <summary>The bytes of a file, on light paper.</summary>
    byte[] Draw(Chart chart);
}
