namespace RedisML.Runs.Exchange;

/// <summary>What some members do together as long as nobody comes or goes. For the leader's thread.</summary>
public interface ISection
{
    /// <summary>Another text for other members.</summary>
    string Generation { get; }

    /// <summary>This node's share of the leaves.</summary>
    Share Share { get; }

    /// <summary>The place of this node among the members, from 0.</summary>
    int Rank { get; }

    /// <summary>How many members there are.</summary>
    int Count { get; }

    /// <summary>What each member gives, by rank.</summary>
    /// <returns>Valid until the next call.</returns>
    /// <remarks>Where it throws, the members have changed or the run has ended: let the exception pass.</remarks>
    IReadOnlyList<ReadOnlyMemory<byte>> Exchange(ReadOnlySpan<byte> payload);
}

/// <summary>The section of one process.</summary>
internal sealed class LocalSection(Share share) : ISection
{
    public string Generation => "alone";

    public Share Share => share;

    public int Rank => 0;

    public int Count => 1;

    public IReadOnlyList<ReadOnlyMemory<byte>> Exchange(ReadOnlySpan<byte> payload) => [payload.ToArray()];
}

/// <summary>The members of a section have changed: it is to be begun anew.</summary>
internal sealed class SectionAbandonedException : Exception
{
    public SectionAbandonedException() : base("The members of the run have changed.") { }
}
