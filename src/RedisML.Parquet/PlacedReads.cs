using Microsoft.Win32.SafeHandles;

namespace RedisML.Parquet;

/// <summary>Reads at any place of a file: so many bytes and no more, where the file's stream would fill its buffer each time.</summary>
sealed class PlacedReads(Stream content)
{
    // To ask the stream for it moves the file's position each time.
    readonly SafeFileHandle? _file = (content as FileStream)?.SafeFileHandle;

    /// <summary>Bytes of the file.</summary>
    public long Length { get; } = content.Length;

    /// <exception cref="EndOfStreamException">The file ends before.</exception>
    public byte[] Read(long at, int count)
    {
        var bytes = new byte[count];
        if (_file is null)
        {
            content.Position = at;
            content.ReadExactly(bytes);
            return bytes;
        }
        for (int filled = 0; filled < count;)
        {
            int read = RandomAccess.Read(_file, bytes.AsSpan(filled), at + filled);
            if (read == 0) throw new EndOfStreamException();
            filled += read;
        }
        return bytes;
    }
}
