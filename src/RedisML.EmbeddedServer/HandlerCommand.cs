using System.Buffers;
using Garnet.common;
using Garnet.server;
using Tsavorite.core;

namespace RedisML.EmbeddedServer;

/// <summary>A command that a function answers; one of these belongs to a client's session.</summary>
/// <remarks>An exception would end the session and lose the replies of its pipeline.</remarks>
sealed class HandlerCommand(CommandHandler handler, byte[][] keyPrefixes) : CustomProcedure
{
    const byte KeyMark = (byte)'@';

    readonly ArrayBufferWriter<byte> _text = new(256);
    int[] _ends = new int[16];
    int _count;

    public override bool Execute<TGarnetApi>(TGarnetApi api, ref CustomProcedureInput input, ref MemoryResult<byte> output)
    {
        try
        {
            _text.ResetWrittenCount();
            _count = 0;
            foreach (var argument in input.parseState.Parameters) Add(argument.ReadOnlySpan);
            if (_count == 2 && input.parseState.Parameters[1].ReadOnlySpan is [KeyMark, .. var key])
            {
                if (!MayRead(key))
                {
                    WriteError(ref output, "ERR the server doesn't read keys that start so");
                    return true;
                }
                var status = api.HashGetAll(PinnedSpanByte.FromPinnedSpan(key), out var fields);
                if (status == GarnetStatus.WRONGTYPE)
                {
                    WriteError(ref output, "WRONGTYPE Operation against a key holding the wrong kind of value");
                    return true;
                }
                if (status == GarnetStatus.OK)
                    foreach (var field in fields) Add(field.ReadOnlySpan);
            }
            var reply = handler(_text.WrittenSpan, _ends.AsSpan(0, _count), input.RespVersion);
            output = MemoryResult<byte>.Create(MemoryPool, reply.Length);
            reply.Span.CopyTo(output.Span);
        }
        catch (Exception e)
        {
            WriteError(ref output, $"ERR the command failed: {e.Message.ReplaceLineEndings(" ")}");
        }
        return true;
    }

    void Add(ReadOnlySpan<byte> argument)
    {
        _text.Write(argument);
        if (_count == _ends.Length) Array.Resize(ref _ends, 2 * _count);
        _ends[_count++] = _text.WrittenCount;
    }

    /// <summary>Whoever may call the command could read any hash otherwise.</summary>
    bool MayRead(ReadOnlySpan<byte> key)
    {
        foreach (var prefix in keyPrefixes)
            if (key.StartsWith(prefix)) return true;
        return false;
    }
}
