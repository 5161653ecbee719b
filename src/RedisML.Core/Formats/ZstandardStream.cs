using ZstdSharp;

namespace RedisML.Formats;

/// <summary>Inflates Zstandard, and throws <see cref="InvalidDataException"/> where the data is damaged or ends early.</summary>
sealed class ZstandardStream(Stream file) : ForwardStream
{
    readonly DecompressionStream _inflated = new(file, leaveOpen: true);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        try
        {
            return await _inflated.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            throw new InvalidDataException(e is EndOfStreamException ? "the compressed data ends early." : e.Message, e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inflated.Dispose();
        base.Dispose(disposing);
    }
}
