namespace RedisML.Online;

/// <summary>How far an online training is: kept beside its state, as JSON, for whoever looks.</summary>
public sealed record OnlineFigures
{
    /// <summary>Samples learned.</summary>
    public long Samples { get; init; }

    /// <summary>Samples that couldn't be learned.</summary>
    public long Rejected { get; init; }

    /// <summary>Samples that a stream had trimmed before they were read.</summary>
    public long Trimmed { get; init; }

    /// <summary>Samples whose label didn't come within the window.</summary>
    public long Unlabelled { get; init; }

    /// <summary>Labels whose sample wasn't there, or not any more.</summary>
    public long Unmatched { get; init; }

    /// <summary>Samples that wait for their label.</summary>
    public long Pending { get; init; }

    /// <summary>Mean loss of all samples, each predicted before it was learned: squared error, Poisson deviance or log loss; null before
    /// the first.</summary>
    public double? Loss { get; init; }

    /// <summary>Of classes, the share of right predictions, each before its sample was learned.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Of numbers, the mean absolute error, likewise.</summary>
    public double? MeanAbsoluteError { get; init; }

    /// <summary>How often the error was found to grow.</summary>
    public long Drifts { get; init; }

    /// <summary>The sample at which that was last; 0 for never.</summary>
    public long LastDrift { get; init; }
}
