using System.IO.Hashing;
using System.Runtime.InteropServices;
using RedisML.Training.Optimization;

namespace RedisML.Runs.Exchange;

/// <summary>The state of a training that every node has alike: what was exchanged before the optimizer began, and the optimizer.</summary>
/// <remarks>
/// A training is a program whose only input from outside are the results of its exchanges. To take it up where another node is, it runs
/// again from its start, is given the early results from the record, and then the state of the optimizer.
/// </remarks>
internal sealed class TrainingReplica : ITrainingExchange
{
    readonly INodeLink _link;
    readonly List<byte[]> _record = [];
    Optimizer? _optimizer;
    byte[]? _savedOptimizer;
    int _replayed;

    /// <param name="saved">What <see cref="Save"/> wrote; empty: the start.</param>
    public TrainingReplica(INodeLink link, byte[] saved)
    {
        _link = link;
        if (saved.Length == 0) return;
        using var reader = new BinaryReader(new MemoryStream(saved));
        for (int count = reader.ReadInt32(); count > 0; count--) _record.Add(reader.ReadBytes(reader.ReadInt32()));
        if (reader.ReadBoolean()) _savedOptimizer = reader.ReadBytes(reader.ReadInt32());
    }

    /// <summary>By which nodes are compared.</summary>
    public ulong Digest
    {
        get
        {
            if (_optimizer is not null) return _optimizer.Digest;
            var hash = new XxHash3(_record.Count);
            foreach (var entry in _record) hash.Append(entry);
            return hash.GetCurrentHashAsUInt64();
        }
    }

    /// <summary>The complete state.</summary>
    public byte[] Save()
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(_record.Count);
        foreach (var entry in _record)
        {
            writer.Write(entry.Length);
            writer.Write(entry);
        }
        writer.Write(_optimizer is not null);
        if (_optimizer is not null)
        {
            var state = new MemoryStream();
            _optimizer.WriteState(new BinaryWriter(state));
            writer.Write((int)state.Length);
            state.WriteTo(stream);
        }
        return stream.ToArray();
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Gather(Func<Share, byte[]> contribute)
    {
        if (Replay() is { } entry) return Unpack(entry);
        var payloads = _link.Gather(this, contribute);
        if (_optimizer is null) _record.Add(Pack(payloads));
        return payloads;
    }

    public ReadOnlyMemory<double> Sum(int length, Func<Share, IReadOnlyList<Memory<double>>> contribute)
    {
        if (Replay() is { } entry) return MemoryMarshal.Cast<byte, double>(entry).ToArray();
        var sum = _link.Sum(this, length, contribute);
        if (_optimizer is null) _record.Add(MemoryMarshal.AsBytes(sum.Span).ToArray());
        return sum;
    }

    public void Attach(Optimizer optimizer)
    {
        if (_savedOptimizer is not null) optimizer.ReadState(new BinaryReader(new MemoryStream(_savedOptimizer)));
        _savedOptimizer = null;
        _optimizer = optimizer;
    }

    /// <summary>The result of the next exchange, where it is in the record.</summary>
    byte[]? Replay()
    {
        int index = _replayed++;
        return _optimizer is null && index < _record.Count ? _record[index] : null;
    }

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
        for (int count = reader.ReadInt32(); count > 0; count--) payloads.Add(reader.ReadBytes(reader.ReadInt32()));
        return payloads;
    }
}
