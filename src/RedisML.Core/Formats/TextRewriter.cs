using System.Buffers;

namespace RedisML.Formats;

/// <summary>Turns text of one form into another while it is read. For one reading of a file.</summary>
abstract class TextRewriter
{
    /// <summary>Rewrites the next piece of the text, which may end anywhere, also within a character.</summary>
    /// <exception cref="InvalidDataException">The text isn't of the form.</exception>
    public abstract void Rewrite(ReadOnlySpan<byte> text, IBufferWriter<byte> output);

    /// <summary>Writes what is left at the end of the text.</summary>
    public abstract void End(IBufferWriter<byte> output);
}

/// <summary>A text as a rewriter makes it.</summary>
sealed class RewrittenStream(Stream text, TextRewriter rewriter) : ForwardStream
{
    const int PieceBytes = 1 << 16;

    readonly byte[] _piece = new byte[PieceBytes];
    readonly ArrayBufferWriter<byte> _rewritten = new(2 * PieceBytes);
    int _taken;
    bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        while (_taken == _rewritten.WrittenCount && !_ended)
        {
            _rewritten.ResetWrittenCount();
            _taken = 0;
            int read = await text.ReadAsync(_piece, cancellation).ConfigureAwait(false);
            if (read > 0) rewriter.Rewrite(_piece.AsSpan(0, read), _rewritten);
            else rewriter.End(_rewritten);
            _ended = read == 0;
        }
        int count = Math.Min(buffer.Length, _rewritten.WrittenCount - _taken);
        _rewritten.WrittenMemory.Slice(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) text.Dispose();
        base.Dispose(disposing);
    }
}
