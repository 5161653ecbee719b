namespace RedisML.Algorithms.Language;

/// <summary>How well a model foresees texts.</summary>
public sealed record LanguageModelMeasure
{
    public required string Model { get; init; }

    /// <summary>Texts with a token at least.</summary>
    public required long Texts { get; init; }

    /// <summary>Tokens that were foreseen, the ends of texts among them.</summary>
    public required long Tokens { get; init; }

    /// <summary>Tokens among them that the model never saw. They share the probability of one.</summary>
    public required long UnknownTokens { get; init; }

    /// <summary>Texts that were left out, as they aren't valid Unicode.</summary>
    public required long Rejected { get; init; }

    /// <summary>The mean of -ln p over the tokens.</summary>
    public required double LogLoss { get; init; }

    /// <summary>Among how many equally probable tokens the next one is, as it were: e to the mean of -ln p.</summary>
    public double Perplexity => Math.Exp(LogLoss);
}
