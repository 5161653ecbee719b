using System.Runtime.InteropServices;
using K4os.Compression.LZ4;
using RedisML.Columns.Chunks;

namespace RedisML.Unit.Datasets;

public sealed class Lz4CodecTests
{
    /// <summary>Buffers as columns have them.</summary>
    public static TheoryData<string> Buffers => [.. s_buffers.Keys];

    static readonly Dictionary<string, Func<int, byte[]>> s_buffers = new()
    {
        ["fractions as doubles"] = rows => Bytes(rows, r => r.NextDouble()),
        ["fractions as integers"] = rows => Bytes(rows, r => r.Next(-1_000_000, 1_000_000)),
        ["small integers"] = rows => Bytes(rows, r => (byte)r.Next(100)),
        ["codes of few values"] = rows => Bytes(rows, r => (sbyte)r.Next(3)),
        ["one value"] = rows => Bytes(rows, _ => 12.5),
        ["counting"] = rows => Bytes(rows, _ => 0).Select((b, i) => (byte)(i % 4 == 0 ? i / 4 % 50 : b)).ToArray(),
        ["words"] = rows => [.. Enumerable.Range(0, rows).SelectMany(i => (byte[])[.. "carrier"u8, (byte)('A' + i % 7), (byte)' '])],
    };

    [Theory]
    [MemberData(nameof(Buffers))]
    public void It_compresses_what_LZ4_makes_much_smaller_and_passes_over_what_it_does_not(string name)
    {
        foreach (int rows in new[] { 640, 5_000, 100_000 })
        {
            var source = s_buffers[name](rows);
            var compressed = new byte[LZ4Codec.MaximumOutputSize(source.Length)];
            double ratio = (double)LZ4Codec.Encode(source, compressed) / source.Length;
            bool done = new Lz4Codec().TryCompress(source, compressed.AsMemory(0, source.Length), out int written);
            if (ratio < 0.8) Assert.True(done && written < source.Length * 0.9, $"{name}, {rows} rows: LZ4 makes it {ratio:P0}");
            if (ratio > 0.95) Assert.False(done, $"{name}, {rows} rows: LZ4 makes it {ratio:P0}");
            if (!done) continue;
            var back = new byte[source.Length];
            Assert.Equal(source.Length, new Lz4Codec().Decompress(compressed.AsMemory(0, written), back));
            Assert.Equal(source, back);
        }
    }

    /// <summary>What a buffer begins with isn't what it is: its sample is from the middle.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_buffer_is_judged_by_its_middle_and_not_by_its_start(bool middleRepeats)
    {
        const int length = 100_000;
        var source = Bytes(length, r => (byte)r.Next(256));
        if (middleRepeats) source.AsSpan(length / 4).Clear();
        else source.AsSpan(0, length / 4).Clear();
        Assert.Equal(middleRepeats, new Lz4Codec().TryCompress(source, new byte[length], out _));
    }

    static byte[] Bytes<T>(int rows, Func<Random, T> next) where T : unmanaged
    {
        var random = new Random(1);
        return MemoryMarshal.AsBytes<T>(Enumerable.Range(0, rows).Select(_ => next(random)).ToArray()).ToArray();
    }
}
