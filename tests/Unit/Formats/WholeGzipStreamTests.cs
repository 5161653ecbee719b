using System.IO.Compression;
using RedisML.Formats;

namespace RedisML.Unit.Formats;

public class WholeGzipStreamTests
{
    static readonly byte[] s_content = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31 >> 3))];

    [Fact]
    public async Task Inflates_one_member_and_several()
    {
        Assert.Equal<byte>(s_content, await InflateAsync(Gzip(s_content)));
        byte[] longer = [.. s_content, 1, 2, 3];
        Assert.Equal(longer, await InflateAsync([.. Gzip(s_content), .. Gzip([1, 2, 3])]));
        Assert.Empty(await InflateAsync(Gzip([])));
    }

    [Fact]
    public async Task Notices_wherever_the_file_was_cut()
    {
        var whole = Gzip(s_content);
        foreach (int length in Enumerable.Range(1, 20).Select(i => whole.Length - i).Append(whole.Length / 2).Append(20))
            await Assert.ThrowsAsync<InvalidDataException>(() => InflateAsync(whole[..length]));
    }

    static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(content);
        return stream.ToArray();
    }

    static async Task<byte[]> InflateAsync(byte[] file)
    {
        using var inflated = new WholeGzipStream(new MemoryStream(file));
        using var content = new MemoryStream();
        var buffer = new byte[777];
        int read;
        while ((read = await inflated.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0) content.Write(buffer, 0, read);
        return content.ToArray();
    }
}
