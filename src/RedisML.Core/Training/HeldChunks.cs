using System.Diagnostics;
using RedisML.Runs;
using RedisML.Runs.Exchange;

namespace RedisML.Training;

/// <summary>The chunks of this node's share in memory: loaded by the team, and encoded once the encoding is fitted.</summary>
internal sealed class HeldChunks(
    FeaturePlan plan, TrainingSpecification specification, ITrainingSource source, WorkerTeam team, int workerCount,
    IProgress<RunProgress>? progress)
{
    readonly ChunkLoader _loader = new(plan, specification);
    readonly SortedList<int, LoadedChunk> _held = [];
    readonly SortedList<int, int> _rows = [];
    PipelineFit? _fit;
    TrainingData? _data;
    long _rowsLoaded;
    long _rowsDropped;

    /// <summary>Known from the start where the source knows its chunks, else once they are loaded.</summary>
    public BlockMap? Map { get; private set; } = source.ChunkRows is { } rows ? new(rows, plan.NumberCount) : null;

    /// <summary>The sum of the weights of the rows that are held.</summary>
    public double Weight => _held.Values.Sum(chunk => chunk.Rows.Weights?.Sum() ?? chunk.Rows.Labels.Length);

    /// <summary>Rows left out of what is held because a value was missing.</summary>
    public long Dropped => _held.Values.Sum(chunk => (long)chunk.Dropped);

    /// <summary>The same, with nothing loaded: what is encoded can't be encoded anew.</summary>
    public HeldChunks Again() => new(plan, specification, source, team, workerCount, progress);

    /// <summary>Loads what the share has and isn't held yet, and lets go of what it hasn't.</summary>
    public void Prepare(Share share)
    {
        if (Map is null)
        {
            Load(Range.All);
            Map = new(_rows.Values, plan.NumberCount);
        }
        else
        {
            var (first, count) = Map.Chunks(Within(share)).GetOffsetAndLength(int.MaxValue);
            foreach (int other in _held.Keys.Where(chunk => chunk < first || chunk >= first + count).ToList()) _held.Remove(other);
            for (int chunk = first; chunk < first + count; chunk++)
            {
                int start = chunk;
                while (chunk < first + count && !_held.ContainsKey(chunk)) chunk++;
                if (chunk > start) Load(start..chunk);
            }
        }
        Hold();
    }

    /// <summary>The statistics of the share, leaf by leaf.</summary>
    public byte[] Statistics(Share share)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        share = Within(share);
        foreach (var leaf in _held.GroupBy(held => Map!.LeafOf(held.Key)).Where(leaf => leaf.Key >= share.First && leaf.Key < share.End))
        {
            var statistics = new TrainingStatistics(plan, specification);
            foreach (var (_, chunk) in leaf) statistics.Add(chunk);
            statistics.Write(writer);
        }
        return stream.ToArray();
    }

    /// <summary>Adds up what all nodes told of their leaves.</summary>
    public TrainingStatistics Merge(IReadOnlyList<ReadOnlyMemory<byte>> payloads)
    {
        var merged = new TrainingStatistics(plan, specification);
        foreach (var payload in payloads)
        {
            using var reader = new BinaryReader(new MemoryStream(payload.ToArray()));
            while (reader.BaseStream.Position < reader.BaseStream.Length) merged.Add(reader);
        }
        return merged;
    }

    /// <summary>Encodes what is held, and from here on whatever is loaded.</summary>
    public TrainingData Encode(PipelineFit fit)
    {
        _fit = fit;
        var chunks = _held.Values.ToArray();
        team.For(chunks.Length, (_, index) => fit.Encode(chunks[index]));
        _data = new(fit.Layout, Map!);
        Hold();
        return _data;
    }

    Share Within(Share share) => new(share.First, Math.Min(share.End, Map!.Leaves));

    void Hold() => _data?.Hold(_held.Keys.Count == 0 ? 0 : _held.Keys[0], _held.Values.Select(chunk => chunk.Rows));

    /// <summary>Every worker takes chunks until there are no more.</summary>
    void Load(Range range)
    {
        long start = Stopwatch.GetTimestamp();
        var chunks = source.Open(range);
        team.For(workerCount, (worker, _) =>
        {
            while (chunks.Take(team.Stopping) is { } chunk)
            {
                using (chunk)
                {
                    var loaded = _loader.Load(chunk.Batch, chunk.FirstRow);
                    _fit?.Encode(loaded);
                    lock (_held)
                    {
                        _held.Add(chunk.Index, loaded);
                        _rows[chunk.Index] = chunk.Rows;
                    }
                    long count = Interlocked.Add(ref _rowsLoaded, chunk.Rows);
                    long dropped = Interlocked.Add(ref _rowsDropped, loaded.Dropped);
                    if (worker == 0)
                        progress?.Report(new(0, double.NaN, count, count / Stopwatch.GetElapsedTime(start).TotalSeconds, dropped));
                }
            }
        });
    }
}
