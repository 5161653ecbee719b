using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;

namespace RedisML.Columns.Chunks;

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
/// Fractions of numbers in binary form hardly shrink, yet take as long as any. So a sample from the middle is looked at first; where that
/// would shrink by less than a tenth the Arrow writer stores the buffer as it is.
/// </remarks>
sealed class Lz4Codec : ITryCompressionCodec
{
    const int MinSampleLength = 512;
    const int MaxSampleLength = 16 * 1024;
    const int FrameBytes = 64;

    /// <summary>What LZ4 writes for a match, at least: a token and an offset.</summary>
    const int MatchBytes = 3;

    /// <summary>After 2⁶ misses LZ4 looks at every second place only, after as many more at every third.</summary>
    const int SkipTrigger = 6;

    /// <summary>The most places of four bytes that are remembered, by their hash.</summary>
    const int MaxPlaces = 4096;

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

    static bool Shrinks(ReadOnlySpan<byte> source)
    {
        if (source.Length <= 2 * MinSampleLength) return true;
        int length = Math.Clamp(source.Length / 8, MinSampleLength, MaxSampleLength);
        return Saving(source.Slice((source.Length - length) / 2, length)) > length / 10;
    }

    /// <summary>About how many bytes LZ4 would save: looks for the matches that it would find, and writes nothing.</summary>
    /// <remarks>LZ4 itself takes longer to clear its table than a short sample takes to be looked through.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static int Saving(ReadOnlySpan<byte> sample)
    {
        const int wordBytes = sizeof(uint);
        Span<ushort> places = stackalloc ushort[MaxPlaces];
        // A short sample is looked through sooner than all of them are cleared.
        places = places[..(int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)sample.Length), MaxPlaces)];
        places.Clear();
        int shift = 32 - BitOperations.Log2((uint)places.Length), saving = 0, misses = 0;
        for (int i = 1; i <= sample.Length - wordBytes;)
        {
            uint word = WordAt(sample, i);
            ref ushort place = ref places[(int)(word * 2654435761 >> shift)];
            int before = place;
            place = (ushort)i;
            if (WordAt(sample, before) != word)
            {
                i += 1 + (misses++ >> SkipTrigger);
                continue;
            }
            int length = wordBytes + sample[(before + wordBytes)..].CommonPrefixLength(sample[(i + wordBytes)..]);
            saving += length - MatchBytes;
            i += length;
            misses = 0;
        }
        return saving;
    }

    static uint WordAt(ReadOnlySpan<byte> bytes, int index) =>
        Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), index));
}
