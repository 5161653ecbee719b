namespace RedisML.Datasets.Statistics;

/// <summary>Where the bins of a histogram lie: some of equal width, and a tail on either side where values lie far from the rest.</summary>
/// <param name="From">Where the first bin of equal width begins.</param>
/// <param name="Width">0 where there is one value only.</param>
/// <param name="LowTail">Where the tail below begins; null without one.</param>
/// <param name="HighTail">Where the tail above ends; null without one.</param>
sealed record BinLayout(double From, double Width, int Count, double? LowTail = null, double? HighTail = null)
{
    /// <summary>How many bins the rule makes at most.</summary>
    public const int Most = 40;

    /// <summary>Up to so many whole numbers each have a bin of their own.</summary>
    const int MostSingle = 20;

    /// <summary>Bins from the least value to the greatest.</summary>
    /// <param name="bins">How many there are at most.</param>
    /// <param name="isWhole">Whether values are whole numbers: bins then are a whole number wide,
    /// lest some have more values to count than others.</param>
    public static BinLayout Equal(double minimum, double maximum, int bins, bool isWhole)
    {
        double range = maximum - minimum;
        if (isWhole)
        {
            double width = Math.Ceiling((range + 1) / bins);
            return new(minimum, width, (int)Math.Ceiling((range + 1) / width));
        }
        return range == 0 ? new(minimum, 1, 1) : new(minimum, range / bins, bins);
    }

    /// <summary>
    /// Bins about as wide as D. Freedman and P. Diaconis reckon (On the histogram as a density estimator, 1981), 2·IQR/∛n, with round
    /// edges. Values far beyond J. Tukey's outer fences (Exploratory data analysis, 1977) are in a tail.
    /// </summary>
    /// <param name="sample">Values that stand for all, ascending; one at least.</param>
    /// <param name="count">How many values there are.</param>
    /// <param name="isRound">Whether edges are round numbers, which those of times aren't.</param>
    public static BinLayout ByRule(double[] sample, long count, double minimum, double maximum, bool isWhole, bool isRound)
    {
        if (minimum == maximum) return new(minimum, isWhole ? 1 : 0, 1);
        if (isWhole && maximum - minimum < MostSingle) return Equal(minimum, maximum, MostSingle, isWhole: true);
        double first = At(0.25), third = At(0.75), spread = third - first;
        var (from, to) = (minimum, maximum);
        if (spread > 0)
        {
            // The whiskers: the last values within the fences.
            double low = sample.First(v => v >= first - 3 * spread), high = sample.Last(v => v <= third + 3 * spread);
            double room = (high - low) / 2;
            if (low - minimum > room) from = low;
            if (maximum - high > room) to = high;
        }
        else
        {
            // More than half are one value. What σ a normal distribution had of which as many lie between.
            spread = (At(0.95) - At(0.05)) / 3.29 * 1.349;
        }
        double least = (to - from) / Most;
        double width = Math.Max(spread > 0 ? 2 * spread / Math.Cbrt(count) : (to - from) / 10, least);
        if (isRound) width = Round(width, least);
        // Fractions that are nearly all whole numbers would make a comb.
        if (isRound && !isWhole && width < 1 && sample.Count(v => v == Math.Floor(v)) > 0.9 * sample.Length) width = 1;
        if (isWhole) width = to - from < MostSingle ? 1 : Math.Max(1, Math.Ceiling(width));
        var (lowTail, highTail) = (from > minimum, to < maximum);
        double start = isRound ? Math.Floor(from / width + 1e-9) * width : from;
        int bins = Math.Max(1, (int)Math.Ceiling((to - start) / width - 1e-9));
        // The last value of whole numbers has a place of its own, and so has one that lies on the last edge beside a tail.
        if (isWhole && start + bins * width <= to) bins++;
        double end = start + bins * width;
        return new(start, width, bins, lowTail && minimum < start ? minimum : null, highTail && maximum > end ? maximum : null);

        double At(double share) => sample[(int)(share * (sample.Length - 1))];
    }

    /// <summary>The round number nearest to a width: 1, 2 or 5 times a power of ten.</summary>
    /// <param name="least">What it isn't less than by more than a bin or two.</param>
    static double Round(double width, double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(width)));
        double[] round = [power, 2 * power, 5 * power, 10 * power];
        return round.Where(r => r >= least * (1 - 1e-9)).MinBy(r => Math.Abs(Math.Log(r / width)));
    }
}
