using System.Buffers.Binary;
using System.Text;
using RedisML.Errors;
using RedisML.Formats.Npy;

namespace RedisML.Unit.Formats;

public sealed class NpyFormatTests
{
    /// <summary>What <c>numpy.save(file, numpy.array([[1.5, -2, 3], [4, 5, 6]]))</c> of NumPy 1.24 writes.</summary>
    static byte[] Saved =>
    [
        0x93, .. "NUMPY"u8, 1, 0, 118, 0,
        .. Encoding.ASCII.GetBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }".PadRight(117) + "\n"),
        .. new[] { 1.5, -2, 3, 4, 5, 6 }.SelectMany(BitConverter.GetBytes),
    ];

    [Fact]
    public void WritesWhatNumPyWrites() => Assert.Equal(Saved, NpyFormat.Write(new(new[] { 1.5, -2, 3, 4, 5, 6 }, 2, 3)));

    /// <summary>A tuple of one needs its comma: NumPy refuses <c>(3)</c>.</summary>
    [Fact]
    public void A_vector_is_written_byte_for_byte_as_NumPy_writes_it() => Assert.Equal(
    [
        0x93, .. "NUMPY"u8, 1, 0, 118, 0,
        .. Encoding.ASCII.GetBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }".PadRight(117) + "\n"),
        .. new[] { 1.5, -2, 3 }.SelectMany(BitConverter.GetBytes),
    ], NpyFormat.Write(new(new[] { 1.5, -2, 3 }, 3)));

    [Fact]
    public void ReadsWhatNumPyWrote()
    {
        var tensor = NpyFormat.Read(Saved);
        Assert.Equal([2, 3], tensor.Shape);
        Assert.Equal([1.5, -2, 3, 4, 5, 6], (double[])tensor.Elements);
    }

    [Fact]
    public void EveryElementTypeAndRankRoundTrips()
    {
        NpyArray[] arrays =
        [
            new(new[] { 1.5f, float.NaN }, 2), new(new[] { double.Epsilon, double.NegativeInfinity }, 1, 2),
            new(new sbyte[] { -1, 2 }, 2), new(new short[] { -300, 2 }, 2), new(new int[] { int.MinValue, 2 }, 2),
            new(new long[] { long.MinValue, 2 }, 2),
            new(new byte[] { 255, 2 }, 2), new(new ushort[] { 65535, 2 }, 2), new(new uint[] { uint.MaxValue, 2 }, 2),
            new(new ulong[] { ulong.MaxValue, 2 }, 2), new(new[] { true, false }, 2),
            new(new[] { 7.0 }), new(Array.Empty<double>(), 0), new(Array.Empty<double>(), 0, 3),
            new(Enumerable.Range(0, 24).ToArray(), 2, 3, 4),
        ];
        foreach (var array in arrays)
        {
            var bytes = NpyFormat.Write(array);
            var read = NpyFormat.Read(bytes);
            Assert.Equal(array.ElementType, read.ElementType);
            Assert.Equal(array.Shape, read.Shape);
            Assert.Equal(array.Elements, read.Elements);
            Assert.Equal(0, (bytes.Length - array.Bytes.Length) % 64);
        }
    }

    [Fact]
    public void FortranOrderIsTransposed()
    {
        var columns = Header("'descr': '<i4', 'fortran_order': True, 'shape': (2, 3), ",
            [.. new[] { 1, 4, 2, 5, 3, 6 }.SelectMany(BitConverter.GetBytes)]);
        Assert.Equal([1, 2, 3, 4, 5, 6], (int[])NpyFormat.Read(columns).Elements);
    }

    [Fact]
    public void BigEndianIsTurnedRound()
    {
        var data = new byte[16];
        BinaryPrimitives.WriteDoubleBigEndian(data, 1.25);
        BinaryPrimitives.WriteDoubleBigEndian(data.AsSpan(8), -3);
        Assert.Equal([1.25, -3],
            (double[])NpyFormat.Read(Header("'descr': '>f8', 'fortran_order': False, 'shape': (2,), ", data)).Elements);
    }

    [Fact]
    public void VersionTwoIsRead()
    {
        var header = Encoding.ASCII.GetBytes("{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }\n");
        byte[] bytes = [0x93, .. "NUMPY"u8, 2, 0, .. BitConverter.GetBytes(header.Length), .. header, 1];
        Assert.Equal([true], (bool[])NpyFormat.Read(bytes).Elements);
    }

    [Theory]
    [InlineData("'descr': '<f8', 'fortran_order': False, 'shape': (3,), ", "8 bytes follow")]
    [InlineData("'descr': '<f8', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647), ", "more than an array can hold")]
    [InlineData("'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), ", "'99999999999' isn't the length")]
    [InlineData("'descr': '<f8', 'fortran_order': False, 'shape': (-1,), ", "no 'shape'")]
    [InlineData("'descr': '<c8', 'fortran_order': False, 'shape': (1,), ", "'<c8' isn't supported")]
    [InlineData("'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), ", "no 'descr'")]
    [InlineData("'descr': '<f8', 'shape': (1,), ", "no 'fortran_order'")]
    public void AHostileHeaderIsRefused(string header, string why)
    {
        var error = Assert.Throws<RedisMLException>(() => NpyFormat.Read(Header(header, new byte[8])));
        Assert.Equal("InvalidNpy", error.ErrorId);
        Assert.Contains(why, error.Message);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var bytes = Saved;
        for (int length = 0; length < bytes.Length; length++)
            Assert.Equal("InvalidNpy", Assert.Throws<RedisMLException>(() => NpyFormat.Read(bytes.AsSpan(0, length))).ErrorId);
    }

    [Fact]
    public void AHeaderLengthThatIsALieIsRefused()
    {
        byte[] bytes = [0x93, .. "NUMPY"u8, 2, 0, 0xff, 0xff, 0xff, 0x7f];
        Assert.Contains("claims 2147483647 bytes", Assert.Throws<RedisMLException>(() => NpyFormat.Read(bytes)).Message);
    }

    static byte[] Header(string fields, byte[] data)
    {
        string header = $"{{{fields}}}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
