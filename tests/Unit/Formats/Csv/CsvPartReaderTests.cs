using System.Text;
using RedisML.Errors;
using RedisML.Formats.Csv;

namespace RedisML.Unit.Formats.Csv;

public class CsvPartReaderTests
{
    static readonly CsvDialect s_dialect = new(',', (byte)'\n', []);

    [Fact]
    public async Task Blocks_are_whole_records_and_together_the_whole_content()
    {
        var content = Rows(500);
        var blocks = await ReadAsync(new MemoryStream(content), 256);
        Assert.True(blocks.Count > 10);
        Assert.All(blocks, b => Assert.EndsWith("\n", b));
        Assert.Equal(Encoding.UTF8.GetString(content), string.Concat(blocks));
    }

    [Fact]
    public async Task Borders_do_not_depend_on_how_the_stream_hands_bytes_over()
    {
        var content = Rows(300);
        Assert.Equal(await ReadAsync(new MemoryStream(content), 200), await ReadAsync(new TrickleStream(content), 200));
    }

    [Fact]
    public async Task A_record_longer_than_a_block_is_read_whole()
    {
        var record = "\"" + new string('x', 1000) + "\n" + new string('y', 1000) + "\",1\n";
        Assert.Equal(["1,2\n", record + "3,4"], await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes("1,2\n" + record + "3,4")), 64));
    }

    [Fact]
    public async Task A_record_without_end_is_refused_before_it_fills_the_memory()
    {
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ReadAsync(new EndlessStream(), 1 << 20));
        Assert.Equal("RecordTooLong", error.ErrorId);
    }

    static byte[] Rows(int count) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => i % 7 == 0 ? $"{i},\"a\nb\"\"{i}\"\n" : $"{i},x\n")));

    static async Task<List<string>> ReadAsync(Stream stream, int blockBytes)
    {
        var blocks = new List<string>();
        await foreach (var block in new CsvPartReader(stream, 0, blockBytes, s_dialect, "test.csv")
            .ReadAsync(TestContext.Current.CancellationToken))
            using (block)
                blocks.Add(Encoding.UTF8.GetString(block.Memory.Span));
        return blocks;
    }

    sealed class TrickleStream(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + (int)(Position % 13))], cancellation);
    }

    sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
        {
            buffer.Span.Fill((byte)'x');
            return new(buffer.Length);
        }
    }
}
