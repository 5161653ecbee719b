using System.Runtime.CompilerServices;
using RedisML.Connections;
using RedisML.Errors;

namespace RedisML.Datasets;

/// <summary>Which rows of a dataset are wanted.</summary>
public sealed record RowQuery
{
    /// <summary>A condition on column values; <see cref="Skip"/> and <see cref="First"/> then count the rows for
    /// which it is true.</summary>
    public string? Filter { get; init; }

    /// <summary>Rows left out at the beginning.</summary>
    public long Skip { get; init; }

    /// <summary>The most rows behind those.</summary>
    public long First { get; init; } = long.MaxValue;

    /// <summary>How many of these rows are chosen at random; null for all.</summary>
    public int? Sample { get; init; }

    /// <summary>The same seed chooses the same rows.</summary>
    public int Seed { get; init; }
}

/// <summary>Reads rows of a dataset one by one, without asking for chunks that hold none of those wanted.</summary>
public sealed class RowReader(RedisMLConnection connection)
{
    /// <summary>The rows in their order.</summary>
    /// <param name="make">Makes of a chunk, and the number of a row in it, what is returned; the chunk is gone afterwards.</param>
    /// <exception cref="RedisMLException">Those of <see cref="RowFilter"/> and <see cref="DatasetReader"/>.</exception>
    public async IAsyncEnumerable<T> ReadAsync<T>(
        Dataset dataset, RowQuery query, Func<DatasetChunk, int, T> make, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var sample = query.Sample is { } size ? new RowSample<T>(size, query.Seed) : null;
        await foreach (var (chunk, row) in FindAsync(dataset, query, cancellation).ConfigureAwait(false))
        {
            if (sample is null) yield return make(chunk, row);
            else if (sample.Accepts(chunk.FirstRow + row)) sample.Add(chunk.FirstRow + row, make(chunk, row));
        }
        foreach (var row in sample?.Rows ?? []) yield return row;
    }

    async IAsyncEnumerable<(DatasetChunk Chunk, int Row)> FindAsync(Dataset dataset, RowQuery query,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var filter = query.Filter is null ? null : new RowFilter(query.Filter, dataset);
        // Without a condition the places of the first row and the last are known.
        var (skip, first) = filter is null ? (query.Skip, query.First) : (0, long.MaxValue);
        long matched = 0;
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, skip, first, cancellation).ConfigureAwait(false))
            using (chunk)
            {
                var (from, to) = chunk.Within(skip, first);
                foreach (int row in filter?.Matching(chunk) ?? Enumerable.Range(from, to - from))
                {
                    if (filter is not null && matched++ < query.Skip) continue;
                    if (filter is not null && matched - query.Skip > query.First) yield break;
                    yield return (chunk, row);
                }
                if (filter is not null && matched - query.Skip >= query.First) yield break;
            }
    }
}
