using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using RedisML.Errors;

namespace RedisML.Runs.Exchange;

/// <summary>The state of a run that every node has alike: what was exchanged before the program's first commit, its state as last
/// committed, and what was exchanged since.</summary>
/// <remarks>
/// A program's only input from outside are the results of its exchanges. To take it up where another node is, it runs again from its
/// start, is given the early results from the record, then the committed state, then the later results.
/// </remarks>
internal sealed class RunReplica : IExchange
{
    readonly INodeLink _link;
    readonly List<byte[]> _early = [];
    readonly List<byte[]> _since = [];

    // What the program is given again before it takes part, and the state that its first commit takes over.
    Queue<byte[]> _replay = [];
    byte[]? _saved;
    IReplicatedState? _state;

    // Whether a section has ended whose result only a commit keeps.
    bool _isUncommitted;

    // The result of a sum that goes into the record once another exchange follows it: as a rule a commit does, and it needn't be copied.
    ReadOnlyMemory<double> _last;

    /// <param name="saved">What <see cref="Save"/> wrote; empty: the start.</param>
    public RunReplica(INodeLink link, byte[] saved)
    {
        _link = link;
        if (saved.Length == 0) return;
        Decode(() =>
        {
            using var reader = new BinaryReader(new MemoryStream(saved));
            Read(reader, _early);
            _replay = new(_early);
            if (!reader.ReadBoolean()) return;
            _saved = ReadEntry(reader);
            Read(reader, _since);
        });
    }

    /// <summary>A hash of the state, by which nodes are compared.</summary>
    public ulong Digest
    {
        get
        {
            var record = _state is null ? _early : _since;
            if (_state is not null && record.Count == 0) return _state.Digest;
            var hash = new XxHash3(record.Count);
            foreach (var entry in record) hash.Append(entry);
            if (_state is null) return hash.GetCurrentHashAsUInt64();
            Span<byte> digest = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(digest, _state.Digest);
            hash.Append(digest);
            return hash.GetCurrentHashAsUInt64();
        }
    }

    /// <summary>The complete state.</summary>
    public byte[] Save()
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        Write(writer, _early);
        writer.Write(_state is not null);
        if (_state is null) return stream.ToArray();
        var state = new MemoryStream();
        _state.Write(new BinaryWriter(state));
        writer.Write((int)state.Length);
        state.WriteTo(stream);
        Write(writer, _since);
        return stream.ToArray();
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Gather(Func<Share, byte[]> contribute)
    {
        if (_replay.TryDequeue(out var entry)) return Unpack(entry);
        Follow();
        var payloads = _link.Gather(this, contribute);
        Keep(Pack(payloads));
        return payloads;
    }

    public ReadOnlyMemory<double> Sum(int length, Func<Share, IReadOnlyList<Memory<double>>> contribute)
    {
        if (_replay.TryDequeue(out var entry)) return MemoryMarshal.Cast<byte, double>(entry).ToArray();
        Follow();
        var sum = _link.Sum(this, length, contribute);
        if (_state is null) Keep(MemoryMarshal.AsBytes(sum.Span).ToArray());
        else _last = sum;
        return sum;
    }

    public T Together<T>(Func<ISection, T> work)
    {
        if (_state is null || _isUncommitted || _replay.Count > 0)
            throw new InvalidOperationException("A section begins after a commit, and ends with one.");
        KeepLast();
        var result = _link.Together(this, work);
        _isUncommitted = true;
        return result;
    }

    public void Commit(IReplicatedState state)
    {
        _isUncommitted = false;
        _last = default;
        _state = state;
        if (_saved is null)
        {
            _since.Clear();
            return;
        }
        Decode(() => state.Read(new BinaryReader(new MemoryStream(_saved))));
        (_saved, _replay) = (null, new(_since));
    }

    void Follow()
    {
        if (_isUncommitted) throw new InvalidOperationException("What came of a section is to be committed before the next exchange.");
        KeepLast();
    }

    void Keep(byte[] result) => (_state is null ? _early : _since).Add(result);

    void KeepLast()
    {
        if (!_last.IsEmpty) Keep(MemoryMarshal.AsBytes(_last.Span).ToArray());
        _last = default;
    }

    static void Write(BinaryWriter writer, List<byte[]> record)
    {
        writer.Write(record.Count);
        foreach (var entry in record)
        {
            writer.Write(entry.Length);
            writer.Write(entry);
        }
    }

    static void Read(BinaryReader reader, List<byte[]> record)
    {
        for (int count = reader.ReadInt32(); count > 0; count--) record.Add(ReadEntry(reader));
    }

    static byte[] ReadEntry(BinaryReader reader)
    {
        int length = reader.ReadInt32();
        Decoding.Demand(length >= 0
            && length <= reader.BaseStream.Length - reader.BaseStream.Position, $"an entry of {length:N0} bytes isn't all there");
        return reader.ReadBytes(length);
    }

    /// <exception cref="RedisMLException"><c>CheckpointCorrupt</c></exception>
    static void Decode(Action decode) => Decoding.Run(() =>
    {
        decode();
        return true;
    }, (why, e) => new("CheckpointCorrupt", ErrorKind.InvalidData,
        $"The checkpoint from which the run was to go on can't be read: {why}. Start the training again.", null, e));

    static byte[] Pack(IReadOnlyList<ReadOnlyMemory<byte>> payloads)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(payloads.Count);
        foreach (var payload in payloads)
        {
            writer.Write(payload.Length);
            writer.Write(payload.Span);
        }
        return stream.ToArray();
    }

    static List<ReadOnlyMemory<byte>> Unpack(byte[] packed)
    {
        using var reader = new BinaryReader(new MemoryStream(packed));
        var payloads = new List<ReadOnlyMemory<byte>>();
        for (int count = reader.ReadInt32(); count > 0; count--) payloads.Add(ReadEntry(reader));
        return payloads;
    }
}
