namespace RedisML.Algorithms.Language;

/// <summary>What adding text came to.</summary>
public sealed record LanguageModelUpdate
{
    public required string Model { get; init; }

    /// <summary>Texts that were learned.</summary>
    public required long Texts { get; init; }

    /// <summary>Tokens that were learned, the ends of texts among them.</summary>
    public required long Tokens { get; init; }

    /// <summary>Tokens that had been learned from this source before.</summary>
    public required long Skipped { get; init; }

    /// <summary>Texts that were left out, as they aren't valid Unicode.</summary>
    public required long Rejected { get; init; }

    /// <summary>Contexts that the model has now.</summary>
    public required long Contexts { get; init; }

    /// <summary>Contexts that had to go, as the model may have no more.</summary>
    public required long Evicted { get; init; }
}
