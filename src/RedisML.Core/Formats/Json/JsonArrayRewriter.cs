using System.Buffers;

namespace RedisML.Formats.Json;

/// <summary>A JSON array of objects as JSON Lines: an object a line, whatever lines it takes in the array.</summary>
sealed class JsonArrayRewriter : TextRewriter
{
    int _depth, _mark;
    bool _inString, _escaped, _ended;

    public override void Rewrite(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        int written = 0;
        var target = output.GetSpan(text.Length);
        foreach (byte c in text)
        {
            if (_inString)
            {
                if (_escaped) _escaped = false;
                else if (c == '\\') _escaped = true;
                else if (c == '"') _inString = false;
                target[written++] = c;
                continue;
            }
            if (_depth == 0 && !_ended && c != '[')
            {
                // A byte order mark, or blanks.
                if (_mark++ > 256) throw new InvalidDataException("it isn't a JSON array.");
                continue;
            }
            bool isBlank = c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
            if (_ended && !isBlank) throw new InvalidDataException("there is more behind the end of its JSON array.");
            if (isBlank) continue;
            if (c == '"') _inString = true;
            else if (c is (byte)'[' or (byte)'{') _depth++;
            else if (c is (byte)']' or (byte)'}') _depth--;
            _ended = _depth == 0;
            if (_ended || _depth == 1 && c == '[') continue;
            target[written++] = _depth == 1 && c == ',' ? (byte)'\n' : c;
        }
        output.Advance(written);
    }

    public override void End(IBufferWriter<byte> output)
    {
        if (!_ended) throw new InvalidDataException("its JSON array doesn't end.");
        output.Write("\n"u8);
    }
}
