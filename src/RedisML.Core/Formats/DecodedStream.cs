using System.Text;
using RedisML.Errors;

namespace RedisML.Formats;

/// <summary>Text in another encoding as UTF-8; throws <see cref="InvalidDataException"/> where a byte isn't of that encoding.</summary>
sealed class DecodedStream(Stream bytes, Encoding encoding) : ForwardStream
{
    readonly Stream _decoded = Encoding.CreateTranscodingStream(bytes, encoding, Encoding.UTF8, leaveOpen: true);

    /// <summary>The encoding of this name, which refuses bytes that aren't of it.</summary>
    /// <exception cref="RedisMLException"><c>UnknownEncoding</c></exception>
    public static Encoding Find(string name)
    {
        try
        {
            return (CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback,
                DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback));
        }
        catch (ArgumentException e)
        {
            throw new RedisMLException("UnknownEncoding", ErrorKind.InvalidArgument,
                $"There is no encoding '{name}'; there are utf-8, utf-16, utf-16BE, utf-32, iso-8859-1 (latin1), windows-1252 and others.",
                name, e);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        try
        {
            return await _decoded.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"it has bytes that aren't {encoding.WebName}.", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoded.Dispose();
            bytes.Dispose();
        }
        base.Dispose(disposing);
    }
}
