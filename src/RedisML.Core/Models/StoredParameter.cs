using System.IO.Hashing;
using RedisML.Errors;
using RedisML.Formats.Npy;
using ZstdSharp;

namespace RedisML.Models;

/// <summary>A parameter as it is written: a field, and the pieces that this describes.</summary>
/// <param name="Envelope">Null where the field holds the value itself.</param>
/// <param name="Pieces">In order; none where the field holds the value itself.</param>
sealed record StoredParameter(string Name, byte[] Field, ParameterEnvelope? Envelope, IReadOnlyList<ReadOnlyMemory<byte>> Pieces)
{
    static readonly ParameterStorage s_plain = new();

    /// <summary>The value in its field, where it is small and stored as it is; else in pieces.</summary>
    /// <param name="now">In Unix milliseconds, for what is to be gone later.</param>
    public static StoredParameter Of(string name, ParameterValue value, byte[] bytes, ParameterStorage storage, long now)
    {
        bool isPlain = storage == s_plain && value is not QuantizedTensor;
        if (isPlain && bytes.Length <= ParameterEnvelope.PieceBytes) return new(name, bytes, null, []);
        var tensor = (value as QuantizedTensor)?.Codes ?? value as Tensor;
        return InPieces(name, bytes, new()
        {
            Id = "",
            Bytes = bytes.Length,
            Checksums = [],
            Compression = storage.Compression,
            Header = tensor is null ? 0 : bytes.Length - tensor.Bytes.Length,
            Type = tensor?.ElementType,
            Shape = tensor?.Shape ?? [],
            Quantization = (value as QuantizedTensor)?.How,
            Expires = storage.TimeToLive is { } time ? now + (long)Math.Max(1, time.TotalMilliseconds) : null,
        });
    }

    /// <summary>The same bytes in pieces of their own.</summary>
    /// <param name="like">What describes them, but for the pieces.</param>
    public static StoredParameter InPieces(string name, byte[] bytes, ParameterEnvelope like)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        for (int start = 0; start < bytes.Length || start == 0; start += ParameterEnvelope.PieceBytes)
        {
            var piece = bytes.AsMemory(start, Math.Min(ParameterEnvelope.PieceBytes, bytes.Length - start));
            pieces.Add(like.Compression == ParameterCompression.Zstandard ? Compress(piece.Span) : piece);
        }
        var envelope = like with
        {
            Id = Guid.NewGuid().ToString("N"), Checksums = [.. pieces.Select(piece => Checksum(piece.Span))],
        };
        return new(name, envelope.Encode(), envelope, pieces);
    }

    public static string Checksum(ReadOnlySpan<byte> piece) => XxHash3.HashToUInt64(piece).ToString("x16", null);

    /// <summary>The bytes of a piece before it was compressed, after a check.</summary>
    /// <exception cref="InvalidDataException">It isn't what was written.</exception>
    public static ReadOnlyMemory<byte> Open(ParameterEnvelope envelope, int index, ReadOnlyMemory<byte> piece)
    {
        Decoding.Demand(Checksum(piece.Span) == envelope.Checksums[index], $"piece {index} isn't what was written");
        int length = envelope.LengthOf(index);
        if (envelope.Compression == ParameterCompression.Zstandard)
        {
            using var zstandard = new Decompressor();
            var bytes = new byte[length];
            Decoding.Demand(zstandard.Unwrap(piece.Span, bytes) == length, $"piece {index} is too short");
            return bytes;
        }
        Decoding.Demand(piece.Length == length, $"piece {index} has {piece.Length} bytes, and not {length}");
        return piece;
    }

    /// <summary>The value that all bytes say.</summary>
    public static ParameterValue Decode(ParameterEnvelope envelope, ReadOnlySpan<byte> bytes)
    {
        if (envelope.Type is null) return ParameterValue.Decode(bytes);
        var tensor = new Tensor(NpyFormat.Read(bytes));
        Decoding.Demand(tensor.ElementType == envelope.Type && tensor.Shape.SequenceEqual(envelope.Shape),
            "its description says another type or shape");
        return envelope.Quantization is { } how ? how.Restore(tensor) : tensor;
    }

    static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> piece)
    {
        using var zstandard = new Compressor();
        return zstandard.Wrap(piece).ToArray();
    }
}
