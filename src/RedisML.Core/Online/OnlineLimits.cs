namespace RedisML.Online;

/// <summary>What an online training takes and keeps.</summary>
static class OnlineLimits
{
    /// <summary>The longest sample, in bytes.</summary>
    public const int SampleBytes = 1 << 20;

    /// <summary>The longest level, class or key, in bytes of UTF-8.</summary>
    public const int TextBytes = 1024;

    /// <summary>The most columns.</summary>
    public const int Columns = 100_000;

    /// <summary>The most classes.</summary>
    public const int Classes = 1000;

    /// <summary>Samples that couldn't be learned and are remembered, and how much of each.</summary>
    public const int Rejected = 100, RejectedBytes = 1000;

    /// <summary>Points of each metric that are kept.</summary>
    public const int MetricPoints = 1000;

    /// <summary>The samples at the start by which columns and their kinds are known.</summary>
    public const int FirstSamples = 100;

    /// <summary>Samples that wait for their label at once.</summary>
    public const int Pending = 100_000;

    /// <summary>After so many samples the standardisation of the label stays: else the target would move for good.</summary>
    public const long LabelSamples = 1000;
}
