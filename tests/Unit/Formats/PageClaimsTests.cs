using RedisML.Formats;
using RedisML.Parquet;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Formats;

/// <summary>Pages of a Parquet file that claim to hold more than they can: refused by their headers, before the native library takes
/// memory for them.</summary>
public sealed class PageClaimsTests
{
    [Theory]
    [InlineData(2_000_000_000, 8, 100, 1, "2,000,000,000 bytes")]
    [InlineData(-5, 8, 100, 1, "-5 bytes")]
    [InlineData(200_000_000, 8, 100, 2, "at once")]
    [InlineData(100, 4000, 100, 1, "ends before")]
    [InlineData(100, -1, 100, 1, "ends before")]
    [InlineData(100, 8, 2_000_000_000, 1, "2,000,000,000 values")]
    [InlineData(100, 8, 100, 1, null)]
    public void A_page_that_claims_more_than_can_be_is_refused(int bytes, int stored, int values, int columns, string? why)
    {
        using var file = new MemoryStream(File(bytes, stored, values, columns));
        var error = Record.Exception(() => PageClaims.Check(file));
        if (why is null) Assert.Null(error);
        else Assert.Contains(why, Assert.IsType<InvalidDataException>(error).Message);
    }

    [Fact]
    public async Task A_source_of_such_pages_is_a_typed_error_in_little_memory()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "hostile.parquet");
        await System.IO.File.WriteAllBytesAsync(path, File(2_000_000_000, 8, 100, 11), TestContext.Current.CancellationToken);
        long before = GC.GetTotalAllocatedBytes();
        using var source = await SourceFormat.OpenAsync([path], new(), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            source.Source.ReadColumnsAsync(new Dictionary<string, RedisML.Columns.ColumnType>(), TestContext.Current.CancellationToken));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 50 << 20);
    }

    [Theory]
    [InlineData(new byte[] { 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })] // a list of 4 billion structures
    [InlineData(new byte[] { 0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })] // text of 4 GB
    [InlineData(new byte[] { 0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })] // a number without an end
    [InlineData(new byte[] { 0x1D })] // no type
    public void A_footer_that_is_none_is_refused(byte[] footer)
    {
        using var file = new MemoryStream([.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8]);
        Assert.Throws<InvalidDataException>(() => PageClaims.Check(file));
    }

    [Fact]
    public void Structures_in_structures_have_an_end()
    {
        byte[] footer = [.. Enumerable.Repeat((byte)0x1C, 100_000)];
        using var file = new MemoryStream([.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8]);
        Assert.Throws<InvalidDataException>(() => PageClaims.Check(file));
    }

    /// <summary>One row group whose columns all have the one page.</summary>
    static byte[] File(int bytes, int stored, int values, int columns)
    {
        byte[] page = [0x15, 0, 0x15, .. Number(bytes), 0x15, .. Number(stored), 0x2C, 0x15, .. Number(values), 0, 0, .. new byte[8]];
        byte[] column = [0x3C, 0x56, .. Number(values), 0x46, .. Number(4), 0, 0];
        byte[] footer = [0x49, 0x1C, 0x19, (byte)(columns << 4 | 0xC), .. Enumerable.Repeat(column, columns).SelectMany(c => c), 0, 0];
        return [.. "PAR1"u8, .. page, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];
    }

    /// <summary>Zigzag, 7 bits a byte.</summary>
    static IEnumerable<byte> Number(long number)
    {
        ulong value = (ulong)(number << 1 ^ number >> 63);
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
