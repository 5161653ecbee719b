using RedisML.Errors;
using RedisML.Runs.Exchange;

namespace RedisML.LightGbm.Training;

/// <summary>What nodes tell each other while they grow trees: each message says of what kind it is, so that a node that has no rows
/// follows the others, and nodes that are at different places notice.</summary>
sealed class SectionMessages(ISection section)
{
    byte[] _buffer = new byte[1 << 12];

    /// <summary>Gives and takes messages.</summary>
    /// <returns>What each member gave, by rank, and of what kind those are that count; where members give different kinds, those of the
    /// nodes that have rows count.</returns>
    public (IReadOnlyList<ReadOnlyMemory<byte>> Parts, MessageKind Kind) Exchange(MessageKind kind, ReadOnlySpan<byte> payload)
    {
        if (_buffer.Length < payload.Length + 1) _buffer = new byte[2 * payload.Length + 1];
        _buffer[0] = (byte)kind;
        payload.CopyTo(_buffer.AsSpan(1));
        var parts = section.Exchange(_buffer.AsSpan(0, payload.Length + 1));
        var kinds = parts.Select(part => part.IsEmpty ? MessageKind.Idle : (MessageKind)part.Span[0])
            .Where(given => given != MessageKind.Idle).Distinct().ToArray();
        if (kinds is not [var common] || kind != MessageKind.Idle && kind != common)
            throw new RedisMLException("ReplicasDiffer", ErrorKind.InvalidData, "The nodes are at different places of a tree.", "LightGbm");
        return ([.. parts.Select(part => part.IsEmpty ? part : part[1..])], common);
    }
}

/// <summary>What a message is.</summary>
enum MessageKind : byte
{
    /// <summary>Nothing: of a node without rows.</summary>
    Idle,

    /// <summary>How many rows a node has.</summary>
    Rows,

    /// <summary>Some of its rows.</summary>
    Sample,

    /// <summary>What the library exchanges.</summary>
    Library,

    /// <summary>The trees that were grown.</summary>
    Trees,
}
