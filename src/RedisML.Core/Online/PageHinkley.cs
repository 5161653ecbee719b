namespace RedisML.Online;

/// <summary>Alarms when a mean grows: Page and Hinkley's test.</summary>
/// <remarks>
/// Page, "Continuous inspection schemes" (1954); as in Gama, Žliobaitė, Bifet, Pechenizkiy and Bouchachia, "A survey on concept drift
/// adaptation" (2014), section 3.2.2: the sum of what values lie above their mean so far, less a tolerance each, against its least so far.
/// </remarks>
struct PageHinkley
{
    /// <summary>Before so many values there is no alarm.</summary>
    const long WarmUp = 30;

    public long Count;
    public double Mean;
    public double Sum;
    public double Least;

    /// <summary>Takes a value; true for an alarm, after which the test starts anew.</summary>
    public bool Add(double value, double tolerance, double threshold)
    {
        Mean += (value - Mean) / ++Count;
        Sum += value - Mean - tolerance;
        if (Sum < Least) Least = Sum;
        if (Count < WarmUp || Sum - Least <= threshold) return false;
        this = default;
        return true;
    }
}
