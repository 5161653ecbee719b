namespace RedisML.Online;

/// <summary>Count, mean and sum of squared deviations of what came so far.</summary>
/// <remarks>Welford, "Note on a method for calculating corrected sums of squares and products" (1962).</remarks>
struct RunningMoments
{
    public long Count;
    public double Mean;
    public double M2;

    /// <summary>The population deviation; 1 where nothing differs yet.</summary>
    public readonly double Scale => M2 > 0 && Math.Sqrt(M2 / Count) is > 0 and var deviation ? deviation : 1;

    public void Add(double value)
    {
        double difference = value - Mean;
        Mean += difference / ++Count;
        M2 += difference * (value - Mean);
    }
}
