using System.Buffers;

namespace RedisML.Formats.Csv;

/// <summary>Writes fields of some other form as RFC 4180 has them. Every line break stays, so that lines keep their numbers.</summary>
abstract class FieldRewriter(byte separator) : TextRewriter
{
    readonly ArrayBufferWriter<byte> _field = new();
    bool _isQuoted;

    protected byte SeparatorByte => separator;

    protected int FieldLength => _field.WrittenCount;

    protected void Add(byte character)
    {
        _field.GetSpan(1)[0] = character;
        _field.Advance(1);
    }

    /// <summary>The field is written in quotes in any case.</summary>
    protected void Quote() => _isQuoted = true;

    protected void EndField(IBufferWriter<byte> output)
    {
        var field = _field.WrittenSpan;
        if (!_isQuoted && !field.ContainsAny(separator, (byte)'"', (byte)'\n') && !field.Contains((byte)'\r'))
        {
            output.Write(field);
        }
        else
        {
            output.Write("\""u8);
            foreach (byte c in field)
            {
                if (c == '"') output.Write("\""u8);
                Write(output, c);
            }
            output.Write("\""u8);
        }
        _field.ResetWrittenCount();
        _isQuoted = false;
    }

    protected void WriteSeparator(IBufferWriter<byte> output) => Write(output, separator);

    protected static void Write(IBufferWriter<byte> output, byte character)
    {
        output.GetSpan(1)[0] = character;
        output.Advance(1);
    }
}

/// <summary>Fields that runs of blanks separate; quotes keep blanks together. Blanks at the ends of a line separate nothing.</summary>
sealed class WhitespaceRewriter() : FieldRewriter((byte)Separator)
{
    public const char Separator = ',';

    enum State { Between, InField, InQuotes, AfterQuote }

    State _state;
    bool _hasField;

    public override void Rewrite(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        foreach (byte c in text)
        {
            if (_state == State.InQuotes)
            {
                if (c == '"') _state = State.AfterQuote;
                else Add(c);
            }
            else if (_state == State.AfterQuote && c == '"')
            {
                Add(c);
                _state = State.InQuotes;
            }
            else if (c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                if (_state != State.Between) EndField(output);
                _state = State.Between;
                if (c is (byte)'\r' or (byte)'\n')
                {
                    Write(output, c);
                    _hasField = false;
                }
            }
            else
            {
                if (_state == State.Between) StartField(output);
                if (_state == State.Between && c == '"')
                {
                    Quote();
                    _state = State.InQuotes;
                }
                else
                {
                    Add(c);
                    _state = State.InField;
                }
            }
        }
    }

    public override void End(IBufferWriter<byte> output)
    {
        if (_state != State.Between) EndField(output);
        _state = State.Between;
    }

    void StartField(IBufferWriter<byte> output)
    {
        if (_hasField) WriteSeparator(output);
        _hasField = true;
    }
}

/// <summary>Fields in which an escape character makes the one behind it an ordinary one: <c>"he said \"hi\""</c>. <c>\N</c> alone stays,
/// for a missing value.</summary>
sealed class EscapeRewriter(byte separator, byte escape) : FieldRewriter(separator)
{
    bool _inQuotes, _escaped, _afterQuote;

    public override void Rewrite(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        foreach (byte c in text)
        {
            if (_escaped)
            {
                // MySQL writes \N for null.
                if (c == 'N' && FieldLength == 0 && !_inQuotes) Add(escape);
                Add(c);
                _escaped = false;
            }
            else if (c == escape) _escaped = true;
            else if (_inQuotes)
            {
                if (c != '"')
                {
                    Add(c);
                    continue;
                }
                (_inQuotes, _afterQuote) = (false, true);
            }
            else if (c == '"' && _afterQuote)
            {
                Add(c);
                (_inQuotes, _afterQuote) = (true, false);
            }
            else if (c == '"' && FieldLength == 0)
            {
                Quote();
                _inQuotes = true;
            }
            else if (c == SeparatorByte || c is (byte)'\r' or (byte)'\n')
            {
                EndField(output);
                Write(output, c);
                _afterQuote = false;
            }
            else Add(c);
        }
    }

    public override void End(IBufferWriter<byte> output)
    {
        if (_escaped) Add(escape);
        EndField(output);
        (_inQuotes, _escaped, _afterQuote) = (false, false, false);
    }
}
