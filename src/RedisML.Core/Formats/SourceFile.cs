using System.IO.Hashing;

namespace RedisML.Formats;

/// <summary>A file to import from: plain or gzip, told by its content.</summary>
public sealed class SourceFile
{
    const int FileBuffer = 1 << 20;

    SourceFile(FileInfo file, bool isGzip) => (Path, Length, IsGzip) = (file.FullName, file.Length, isGzip);

    public string Path { get; }

    /// <summary>Bytes of the file itself, compressed where it is.</summary>
    public long Length { get; }

    public bool IsGzip { get; }

    /// <summary>Looks at the file without reading it all.</summary>
    /// <exception cref="RedisMLException"><c>FileNotFound</c>, <c>PathIsDirectory</c>, <c>FileEmpty</c>, <c>FileAccessDenied</c>, <c>FileReadFailed</c>.</exception>
    public static SourceFile Open(string path)
    {
        if (Directory.Exists(path))
            throw new RedisMLException("PathIsDirectory", ErrorKind.InvalidArgument, $"'{path}' is a directory; name a file in it, or use a wildcard.", path);
        var file = new FileInfo(path);
        if (!file.Exists) throw new RedisMLException("FileNotFound", ErrorKind.ObjectNotFound, $"There is no file '{path}'.", path);
        if (file.Length == 0) throw new RedisMLException("FileEmpty", ErrorKind.InvalidData, $"'{path}' is empty.", path);
        Span<byte> magic = stackalloc byte[2];
        using var stream = OpenRaw(path);
        bool isGzip = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        return new(file, isGzip);
    }

    /// <summary>The content, inflated.</summary>
    public SourceContent OpenContent() => new(OpenRaw(Path), IsGzip);

    /// <summary>XXH3 of the file's bytes.</summary>
    public async Task<UInt128> HashAsync(CancellationToken cancellation)
    {
        var hash = new XxHash128();
        var stream = OpenRaw(Path);
        await using (stream.ConfigureAwait(false))
            await hash.AppendAsync(stream, cancellation).ConfigureAwait(false);
        return hash.GetCurrentHashAsUInt128();
    }

    static FileStream OpenRaw(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                BufferSize = FileBuffer,
                Options = FileOptions.SequentialScan | FileOptions.Asynchronous,
                Share = FileShare.Read,
            });
        }
        catch (UnauthorizedAccessException e)
        {
            throw new RedisMLException("FileAccessDenied", ErrorKind.PermissionDenied, $"'{path}' can't be read: {e.Message}", path, e);
        }
        catch (IOException e)
        {
            throw new RedisMLException("FileReadFailed", ErrorKind.ReadError, $"'{path}' can't be read: {e.Message}", path, e);
        }
    }
}

/// <summary>The content of a file, read from its start.</summary>
public sealed class SourceContent(FileStream raw, bool isGzip) : IDisposable
{
    /// <summary>Inflated; throws <see cref="InvalidDataException"/> where the compressed data is damaged or ends early.</summary>
    public Stream Stream { get; } = isGzip ? new WholeGzipStream(raw) : raw;

    /// <summary>Bytes of the file read so far.</summary>
    public long FilePosition => raw.Position;

    public void Dispose()
    {
        Stream.Dispose();
        raw.Dispose();
    }
}
