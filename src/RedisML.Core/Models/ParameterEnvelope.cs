using System.Text.Json;
using RedisML.Errors;
using RedisML.Formats.Npy;
using RedisML.Numerics;

namespace RedisML.Models;

/// <summary>What a field holds of a parameter whose bytes lie in keys of their own, in pieces.</summary>
/// <remarks>Stored as <see cref="Magic"/> and JSON. No text in UTF-8 starts so, and no <c>.npy</c>.</remarks>
sealed record ParameterEnvelope
{
    /// <summary>The bytes of a piece, before it is compressed; the last has what is left.</summary>
    public const int PieceBytes = 1024 * 1024;

    /// <summary>More than a parameter may have.</summary>
    const int MaxPieces = 1 + ModelField.MaxValueBytes / PieceBytes;

    const int MaxRank = 64;

    /// <summary>Tells the pieces of different writers apart.</summary>
    public required string Id { get; init; }

    /// <summary>All bytes, before they are compressed.</summary>
    public required long Bytes { get; init; }

    /// <summary>XXH3 of each piece as it is stored, 16 hexadecimal digits.</summary>
    public required IReadOnlyList<string> Checksums { get; init; }

    public ParameterCompression Compression { get; init; }

    /// <summary>The bytes before the elements; 0 for what isn't a tensor.</summary>
    public int Header { get; init; }

    /// <summary>The type of the elements as they are stored; null for what isn't a tensor.</summary>
    public ElementType? Type { get; init; }

    /// <summary>The length of each dimension of a tensor.</summary>
    public IReadOnlyList<int> Shape { get; init; } = [];

    /// <summary>How 8 bits stand for numbers; null where they don't.</summary>
    public Quantization? Quantization { get; init; }

    /// <summary>When it is gone, in milliseconds of Unix time; null for never.</summary>
    public long? Expires { get; init; }

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'P', (byte)'I', (byte)'E', (byte)'C', (byte)'E', (byte)'S', (byte)'\n'];

    public static bool IsEnvelope(ReadOnlySpan<byte> field) => field.StartsWith(Magic);

    /// <summary>The bytes before compression of a piece.</summary>
    public int LengthOf(int piece) => (int)Math.Min(PieceBytes, Bytes - (long)piece * PieceBytes);

    public byte[] Encode() => [.. Magic, .. JsonSerializer.SerializeToUtf8Bytes(this, ModelJson.Default.ParameterEnvelope)];

    /// <exception cref="InvalidDataException">It isn't one that was written so.</exception>
    public static ParameterEnvelope Decode(ReadOnlySpan<byte> field)
    {
        var envelope = JsonSerializer.Deserialize(field[Magic.Length..], ModelJson.Default.ParameterEnvelope);
        Decoding.Demand(envelope is { Id: not null, Checksums: not null, Shape: not null }, "its description lacks parts");
        Decoding.Demand(envelope.Id.Length == 32 && envelope.Id.All(char.IsAsciiHexDigitLower), $"'{envelope.Id}' names no pieces");
        Decoding.Demand(envelope.Checksums.Count is > 0 and <= MaxPieces
            && envelope.Bytes >= 0 && Math.Max(1, (envelope.Bytes + PieceBytes - 1) / PieceBytes) == envelope.Checksums.Count,
            $"{envelope.Checksums.Count} pieces don't make {envelope.Bytes} bytes");
        Decoding.Demand(Enum.IsDefined(envelope.Compression), "its compression is unknown");
        Decoding.Demand(envelope.Quantization is not { } q || double.IsFinite(q.Scale) && double.IsFinite(q.Offset)
            && envelope.Type == ElementType.UInt8 && q.Type is ElementType.Float16 or ElementType.Float32 or ElementType.Float64,
            "its 8 bits stand for nothing");
        if (envelope.Type is not { } type) return envelope;
        Decoding.Demand(Enum.IsDefined(type) && envelope.Shape.Count <= MaxRank, "its elements are unknown");
        long count = NpyArray.CountOf([.. envelope.Shape]);
        Decoding.Demand(count >= 0 && envelope.Header >= 0
            && envelope.Header + count * ElementTypeInfo.Of(type).Size == envelope.Bytes, "its shape doesn't make its bytes");
        return envelope;
    }
}
