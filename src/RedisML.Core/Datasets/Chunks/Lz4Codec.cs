using System.Buffers;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;

namespace RedisML.Datasets.Chunks;

/// <summary>Makes the codecs for chunks: Zstandard, and LZ4 frames, with no LZ4 on a buffer that it doesn't shrink.</summary>
sealed class Lz4CodecFactory : ICompressionCodecFactory
{
    public static Lz4CodecFactory Instance { get; } = new();

    public ICompressionCodec CreateCodec(CompressionCodecType type) => CreateCodec(type, null);

    public ICompressionCodec CreateCodec(CompressionCodecType type, int? level) =>
        type == CompressionCodecType.Lz4Frame ? new Lz4Codec() : new CompressionCodecFactory().CreateCodec(type, level);
}

/// <summary>LZ4 that gives up early on what doesn't shrink.</summary>
/// <remarks>
/// Fractions of numbers in binary form hardly shrink, yet take as long as any. So a sample from the middle is tried first; where that
/// shrinks by less than a tenth the Arrow writer stores the buffer as it is.
/// </remarks>
sealed class Lz4Codec : ITryCompressionCodec
{
    const int MinSampleLength = 512;
    const int MaxSampleLength = 16 * 1024;
    const int FrameBytes = 64;

    readonly byte[] _sample = new byte[LZ4Codec.MaximumOutputSize(MaxSampleLength)];

    /// <summary>Compresses; false where that takes more than the destination, which is as long as the source.</summary>
    public bool TryCompress(ReadOnlyMemory<byte> source, Memory<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        if (!Shrinks(source.Span)) return false;
        var frame = BufferPool.Rent(LZ4Codec.MaximumOutputSize(source.Length) + FrameBytes);
        int length = LZ4Frame.Encode(new ReadOnlySequence<byte>(source), frame.AsSpan(), LZ4Level.L00_FAST);
        bool fits = length < source.Length && frame.AsSpan(0, length).TryCopyTo(destination.Span);
        BufferPool.Return(frame);
        if (fits) bytesWritten = length;
        return fits;
    }

    public void Compress(ReadOnlyMemory<byte> source, Stream destination)
    {
        using var encoder = LZ4Frame.Encode(destination, LZ4Level.L00_FAST, leaveOpen: true);
        encoder.WriteManyBytes(source.Span);
    }

    public int Decompress(ReadOnlyMemory<byte> source, Memory<byte> destination)
    {
        using var decoder = LZ4Frame.Decode(source);
        return decoder.ReadManyBytes(destination.Span);
    }

    public void Dispose()
    {
    }

    bool Shrinks(ReadOnlySpan<byte> source)
    {
        if (source.Length <= 2 * MinSampleLength) return true;
        int length = Math.Clamp(source.Length / 8, MinSampleLength, MaxSampleLength);
        return LZ4Codec.Encode(source.Slice((source.Length - length) / 2, length), _sample) < length * 9 / 10;
    }
}
