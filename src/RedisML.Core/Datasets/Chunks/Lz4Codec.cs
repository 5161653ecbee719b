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
/// shrinks by less than a tenth the buffer is passed on as it is, which the Arrow writer takes for "doesn't shrink" and marks as
/// uncompressed.
/// </remarks>
sealed class Lz4Codec : ICompressionCodec
{
    const int SampleLength = 16 * 1024;

    readonly byte[] _sample = new byte[LZ4Codec.MaximumOutputSize(SampleLength)];

    public void Compress(ReadOnlyMemory<byte> source, Stream destination)
    {
        if (!Shrinks(source.Span))
        {
            destination.Write(source.Span);
            return;
        }
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
        if (source.Length <= 2 * SampleLength) return true;
        var sample = source.Slice((source.Length - SampleLength) / 2, SampleLength);
        return LZ4Codec.Encode(sample, _sample) < SampleLength * 9 / 10;
    }
}
