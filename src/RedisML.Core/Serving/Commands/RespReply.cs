using System.Buffers;
using System.Buffers.Text;
using System.Text;
using RedisML.Errors;

namespace RedisML.Serving.Commands;

/// <summary>Writes replies of the Redis protocol, version 2 or 3, into memory that the next reply uses again.</summary>
sealed class RespReply
{
    const int LongestNumber = 32;

    readonly ArrayBufferWriter<byte> _bytes = new(256);
    bool _isThree;

    /// <summary>What was written. Valid until <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Begin(int version)
    {
        _bytes.ResetWrittenCount();
        _isThree = version >= 3;
    }

    public void WriteNull() => _bytes.Write(_isThree ? "_\r\n"u8 : "$-1\r\n"u8);

    public void WriteArray(int length) => WriteLength((byte)'*', length);

    /// <summary>So many names, each with a value behind it; in version 2 an array of both.</summary>
    public void WriteMap(int pairs) => WriteLength(_isThree ? (byte)'%' : (byte)'*', _isThree ? pairs : 2 * pairs);

    public void WriteText(ReadOnlySpan<byte> text)
    {
        WriteLength((byte)'$', text.Length);
        _bytes.Write(text);
        _bytes.Write("\r\n"u8);
    }

    /// <summary>The shortest text that reads as the same number.</summary>
    public void WriteNumber(double value)
    {
        // As the protocol spells what isn't finite.
        Span<byte> buffer = stackalloc byte[LongestNumber];
        scoped var text = double.IsNaN(value) ? "nan"u8 : double.IsPositiveInfinity(value) ? "inf"u8 : "-inf"u8;
        if (double.IsFinite(value))
        {
            Utf8Formatter.TryFormat(value, buffer, out int length);
            text = buffer[..length];
        }
        if (!_isThree)
        {
            WriteText(text);
            return;
        }
        _bytes.Write(","u8);
        _bytes.Write(text);
        _bytes.Write("\r\n"u8);
    }

    /// <summary>An error, in place of all that was written.</summary>
    /// <param name="text">Begins with the kind of the error. Line ends would end the reply.</param>
    public void WriteError(string text)
    {
        _bytes.ResetWrittenCount();
        _bytes.Write("-"u8);
        _bytes.Write(Encoding.UTF8.GetBytes(VisibleText.Of(text).ReplaceLineEndings(" ")));
        _bytes.Write("\r\n"u8);
    }

    void WriteLength(byte kind, int length)
    {
        var span = _bytes.GetSpan(LongestNumber);
        span[0] = kind;
        Utf8Formatter.TryFormat(length, span[1..], out int digits);
        "\r\n"u8.CopyTo(span[(1 + digits)..]);
        _bytes.Advance(digits + 3);
    }
}
