using System.IO.Hashing;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Runs.Exchange;

namespace RedisML.Prediction.Distributed;

/// <summary>The chunks that are written, as every node knows them.</summary>
sealed class PredictionState(int columns) : IReplicatedState
{
    readonly List<ChunkEntry> _chunks = [];
    readonly ColumnStatistics[] _statistics = new ColumnStatistics[columns];
    ulong _digest;

    public ulong Digest => _digest;

    public int Chunks => _chunks.Count;

    public long Rows { get; private set; }

    public UnseenLevels Unseen { get; private set; } = new();

    /// <summary>From which a writer publishes.</summary>
    public WriterState ToWriterState() => new([], _chunks, Rows, _chunks.Sum(chunk => (long)chunk.Bytes), _statistics);

    /// <summary>Adds what the nodes did of a round, in the order of their shares.</summary>
    public void Add(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        foreach (var bytes in parts)
        {
            Add(PredictionPart.FromBytes(bytes.Span));
            _digest = XxHash3.HashToUInt64(bytes.Span, (long)_digest);
        }
    }

    public void Write(BinaryWriter writer)
    {
        var whole = new PredictionPart(_chunks, [_statistics], Unseen.Count, Unseen.Levels).ToBytes();
        writer.Write(_digest);
        writer.Write(Rows);
        writer.Write(whole.Length);
        writer.Write(whole);
    }

    public void Read(BinaryReader reader)
    {
        _digest = reader.ReadUInt64();
        Rows = reader.ReadInt64();
        var whole = PredictionPart.FromBytes(reader.ReadBytes(reader.ReadInt32()));
        Errors.Decoding.Demand(whole.Statistics is [var statistics] && statistics.Count == columns, "it is of other columns");
        _chunks.Clear();
        _chunks.AddRange(whole.Chunks);
        whole.Statistics[0].ToArray().CopyTo(_statistics, 0);
        Unseen = new();
        Unseen.Add(whole.Unseen, whole.Levels);
    }

    void Add(PredictionPart part)
    {
        for (int chunk = 0; chunk < part.Chunks.Count; chunk++)
        {
            _chunks.Add(part.Chunks[chunk]);
            Rows += part.Chunks[chunk].Rows;
            for (int column = 0; column < columns; column++)
                _statistics[column] = _statistics[column].Merge(part.Statistics[chunk][column]);
        }
        Unseen.Add(part.Unseen, part.Levels);
    }
}
