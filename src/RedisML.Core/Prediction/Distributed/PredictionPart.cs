using System.Text.Json;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Features;

namespace RedisML.Prediction.Distributed;

/// <summary>What a node did of a round: chunks that it has written, in order.</summary>
/// <param name="Statistics">Of each chunk, of each column.</param>
/// <param name="Unseen">Values that were categories which training didn't see.</param>
/// <param name="Levels">Some of them.</param>
sealed record PredictionPart(IReadOnlyList<ChunkEntry> Chunks, IReadOnlyList<IReadOnlyList<ColumnStatistics>> Statistics, long Unseen,
    IReadOnlyList<UnseenLevel> Levels)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Dataset.Json);

    public static PredictionPart FromBytes(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<PredictionPart>(bytes, Dataset.Json)!;
}
