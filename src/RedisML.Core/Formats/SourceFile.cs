using System.IO.Hashing;
using System.Text;
using RedisML.Columns.Chunks;
using RedisML.Errors;

namespace RedisML.Formats;

/// <summary>How the bytes of a file are compressed.</summary>
public enum FileCompression
{
    None,
    Gzip,
    Zstandard,
}

/// <summary>A file to import from: plain, gzip or Zstandard, told by its content.</summary>
public sealed class SourceFile
{
    const int FileBuffer = 1 << 16;

    /// <summary>Inflating waits whenever the buffer is filled, which another thread does.</summary>
    const int CompressedFileBuffer = 1 << 20;

    const int HashBuffer = 1 << 20;

    ulong? _hash;

    SourceFile(FileInfo file, FileCompression compression) =>
        (Path, Name, Length, Compression) = (file.FullName, file.FullName, file.Length, compression);

    public string Path { get; }

    /// <summary>What messages call it.</summary>
    public string Name { get; init; }

    /// <summary>Bytes of the file itself, compressed where it is.</summary>
    public long Length { get; }

    public FileCompression Compression { get; }

    /// <summary>The encoding of its text, which its content is turned into UTF-8 from; null where that isn't needed.</summary>
    public Encoding? Encoding { get; private init; }

    /// <summary>Makes what its text is turned into another form by; null where that isn't needed.</summary>
    internal Func<TextRewriter>? Rewriter { get; private init; }

    SourceFile(SourceFile file) => (Path, Name, Length, Compression, Encoding, Rewriter) = (file.Path, file.Name, file.Length,
        file.Compression, file.Encoding, file.Rewriter);

    /// <summary>The same file, as text in an encoding.</summary>
    public SourceFile In(Encoding encoding) => new(this) { Encoding = encoding };

    /// <summary>The same file, its text in another form.</summary>
    internal SourceFile Rewritten(Func<TextRewriter> rewriter) => new(this) { Rewriter = rewriter };

    /// <summary>Looks at the file without reading it all.</summary>
    /// <param name="name">What messages call it; null for its path.</param>
    /// <exception cref="RedisMLException"><c>FileNotFound</c>, <c>PathIsDirectory</c>, <c>PathIsNoFile</c>, <c>FileEmpty</c>,
    /// <c>FileAccessDenied</c>, <c>FileReadFailed</c>.</exception>
    public static SourceFile Open(string path, string? name = null)
    {
        var file = Find(path);
        if (file.Length == 0 && !TargetFile.IsFile(path))
            throw new RedisMLException("PathIsNoFile", ErrorKind.InvalidArgument,
                $"'{path}' is a device, a pipe or a socket: a file is read more than once. '-' reads standard input.", path);
        if (file.Length == 0) throw new RedisMLException("FileEmpty", ErrorKind.InvalidData, $"'{path}' is empty.", path);
        Span<byte> magic = stackalloc byte[4];
        using var stream = OpenRaw(path);
        int length = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        var compression = magic[..length] switch
        {
            [0x1F, 0x8B, ..] => FileCompression.Gzip,
            [0x28, 0xB5, 0x2F, 0xFD] => FileCompression.Zstandard,
            _ => FileCompression.None,
        };
        return new(file, compression) { Name = name ?? file.FullName };
    }

    /// <summary>A file that is there.</summary>
    /// <exception cref="RedisMLException"><c>FileNotFound</c>, with the nearest of its folder; <c>PathIsDirectory</c>.</exception>
    internal static FileInfo Find(string path)
    {
        if (Directory.Exists(path))
            throw new RedisMLException("PathIsDirectory", ErrorKind.InvalidArgument,
                $"'{path}' is a directory; name a file in it, or use a wildcard.", path);
        var file = new FileInfo(path);
        return file.Exists ? file : throw NearestName.NotFound("FileNotFound", "file", path, FilesBeside(file));
    }

    /// <summary>Files in the same folder, as the user would write them.</summary>
    static IEnumerable<string> FilesBeside(FileInfo file)
    {
        const int most = 1000;
        try
        {
            return file.Directory is { Exists: true } folder ? [.. folder.EnumerateFiles().Take(most).Select(other => other.FullName)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The content, inflated.</summary>
    public SourceContent OpenContent() => new(OpenForContent(), Compression, Encoding, Rewriter);

    /// <summary>The content to be read from its start to its end: <see cref="HashAsync"/> then needn't read the file again.</summary>
    public SourceContent OpenWhole() => new(OpenForContent(), Compression, Encoding, Rewriter, _hash is null ? hash => _hash = hash : null);

    /// <summary>The first bytes of the content, inflated; fewer where it has no more.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadStartAsync(int count, CancellationToken cancellation)
    {
        using var content = OpenContent();
        var bytes = new byte[count];
        int length = await content.Stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        return bytes.AsMemory(0, length);
    }

    /// <summary>The content as a stream that is read from anywhere: the file itself, or a temporary one that it is inflated to and that
    /// goes with the stream.</summary>
    public async Task<Stream> OpenSeekableAsync(CancellationToken cancellation)
    {
        if (Compression == FileCompression.None) return OpenRaw(Path);
        var inflated = new FileStream(System.IO.Path.GetTempFileName(), new FileStreamOptions
        {
            Access = FileAccess.ReadWrite,
            Mode = FileMode.Create,
            BufferSize = FileBuffer,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        });
        try
        {
            // Where an open file may lose its name it goes with the process, however that ends.
            if (!OperatingSystem.IsWindows()) File.Delete(inflated.Name);
            using var content = OpenContent();
            await content.Stream.CopyToAsync(inflated, FileBuffer, cancellation).ConfigureAwait(false);
            inflated.Position = 0;
            return inflated;
        }
        catch
        {
            await inflated.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>XXH64 of the file's bytes.</summary>
    public async Task<ulong> HashAsync(CancellationToken cancellation)
    {
        if (_hash is { } known) return known;
        var hash = new XxHash64();
        var buffer = BufferPool.Rent(HashBuffer);
        var stream = OpenRaw(Path);
        await using (stream.ConfigureAwait(false))
            while (await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and int read)
                hash.Append(buffer.AsSpan(0, read));
        BufferPool.Return(buffer);
        return (_hash = hash.GetCurrentHashAsUInt64()).Value;
    }

    FileStream OpenForContent() => OpenRaw(Path, Compression == FileCompression.None ? FileBuffer : CompressedFileBuffer);

    static FileStream OpenRaw(string path, int buffer = FileBuffer)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                BufferSize = buffer,
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
/// <remarks>Whoever asks is told the hash of the file's bytes when they have been read to the end.</remarks>
public sealed class SourceContent : IDisposable
{
    readonly FileStream _raw;

    internal SourceContent(FileStream raw, FileCompression compression, Encoding? encoding, Func<TextRewriter>? rewriter,
        Action<ulong>? hashed = null)
    {
        _raw = raw;
        Stream = Rewritten(Decoded(Inflated(hashed is null ? raw : new HashedStream(raw, hashed), compression), encoding), rewriter);
    }

    /// <summary>Inflated; throws <see cref="InvalidDataException"/> where the compressed data is damaged or ends early.</summary>
    public Stream Stream { get; }

    /// <summary>Bytes of the file read so far, also once it is closed.</summary>
    public long FilePosition => _raw.CanRead ? _raw.Position : _end;

    long _end;

    public void Dispose()
    {
        if (_raw.CanRead) _end = _raw.Position;
        Stream.Dispose();
        _raw.Dispose();
    }

    static Stream Inflated(Stream file, FileCompression compression) => compression switch
    {
        FileCompression.Gzip => new WholeGzipStream(file),
        FileCompression.Zstandard => new ZstandardStream(file),
        _ => file,
    };

    static Stream Decoded(Stream bytes, Encoding? encoding) => encoding is null ? bytes : new DecodedStream(bytes, encoding);

    static Stream Rewritten(Stream text, Func<TextRewriter>? rewriter) => rewriter is null ? text : new RewrittenStream(text, rewriter());
}
