using Apache.Arrow;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Formats.Text;
using StackExchange.Redis;

namespace RedisML.Datasets.Rows;

/// <summary>Where the rows of a dataset lie one by one, for other programs.</summary>
/// <param name="Layout">The layout: Hash or Stream.</param>
/// <param name="Key">The column by which a row is found; null for its number, from 1.</param>
/// <param name="Index">The Redis key of the sorted set of row keys, or of the stream.</param>
/// <param name="TimeToLive">How long a row stays, unless it is written again.</param>
public sealed record RowPlacement(DatasetLayout Layout, string? Key, string Index, TimeSpan? TimeToLive);

/// <summary>Writes, reads and removes rows that lie one by one in Redis. Writing the same row twice changes nothing.</summary>
abstract class RowStore(RedisMLConnection connection, string dataset, RowPlacement placement)
{
    /// <summary>Rows whose commands are under way at once.</summary>
    protected const int Batch = 1000;

    /// <summary>More rows than this are looked for before somebody's word is taken that there are so many.</summary>
    protected const long BelievedRows = 1_000_000;

    protected RedisMLConnection Connection => connection;

    protected IDatabase Database => connection.Database;

    protected string Dataset => dataset;

    protected RowPlacement Placement => placement;

    public static RowStore Create(RedisMLConnection connection, string dataset, RowPlacement placement) => placement.Layout switch
    {
        DatasetLayout.Hash => new HashRowStore(connection, dataset, placement),
        DatasetLayout.Stream => new StreamRowStore(connection, dataset, placement),
        _ => throw new ArgumentOutOfRangeException(nameof(placement)),
    };

    /// <exception cref="RedisMLException"><c>StreamsUnsupported</c></exception>
    public virtual Task CheckSupportAsync() => Task.CompletedTask;

    /// <summary>Whether the next rows may be sent before the reply for those before is there.</summary>
    protected virtual bool Overlaps => true;

    /// <summary>Writes the rows of a batch.</summary>
    /// <param name="firstRow">The number of its first row in the dataset, from 0.</param>
    public async Task WriteAsync(RecordBatch batch, IReadOnlyList<ColumnSchema> schema, long firstRow, CancellationToken cancellation)
    {
        var columns = schema.Select((c, i) => new RowText(batch.Column(i), c.Type)).ToArray();
        var names = schema.Select(c => (RedisValue)c.Name).ToArray();
        Task previous = Task.CompletedTask;
        for (int start = 0; start < batch.Length; start += Batch)
        {
            int from = start, to = Math.Min(start + Batch, batch.Length);
            var current = Database.PatientlyAsync(async _ =>
            {
                await WriteAsync(names, columns, from, to, firstRow).ConfigureAwait(false);
                return true;
            }, cancellation);
            await previous.ConfigureAwait(false);
            previous = current;
            if (!Overlaps) await current.ConfigureAwait(false);
        }
        await previous.ConfigureAwait(false);
    }

    /// <summary>Rows that are there after all have been written.</summary>
    /// <param name="written">Rows of the dataset before, and those written.</param>
    public virtual Task<long> CountAsync(long written) => Task.FromResult(written);

    /// <summary>Rows with keys that were written and replaced none: the least number, as a reply that was lost says nothing.</summary>
    public virtual long NewKeys => 0;

    /// <summary>The key of a row that isn't there any more; null where all are.</summary>
    /// <param name="firstRow">The first that is looked for.</param>
    /// <param name="endRow">The one behind the last.</param>
    public abstract Task<string?> FindLostAsync(long firstRow, long endRow);

    /// <summary>Bytes that the rows take in Redis, judged by some; 0 where the server doesn't tell.</summary>
    public abstract Task<long> EstimateBytesAsync(long rows);

    /// <summary>Up to <paramref name="count"/> rows from <paramref name="firstRow"/> on, as texts in the order of
    /// <paramref name="names"/>.</summary>
    protected abstract Task<IReadOnlyList<RedisValue[]>> ReadAsync(RedisValue[] names, long firstRow, int count);

    /// <summary>Removes the rows from <paramref name="firstRow"/> to <paramref name="endRow"/>, but for those that <paramref name="kept"/>
    /// have. Where that fails it can be tried again.</summary>
    public abstract Task RemoveAsync(long firstRow, long endRow, IReadOnlyList<RowPlacement> kept);

    /// <summary>Rows as a batch of the dataset's columns, with their statistics.</summary>
    /// <exception cref="RedisMLException">
    /// <c>InvalidRow</c>: somebody changed a value to something that isn't of its column's type; <c>DatasetDataLost</c>:
    /// there are fewer rows.
    /// </exception>
    public async Task<(RecordBatch Batch, IReadOnlyList<ColumnStatistics> Statistics)> ReadAsync(
        IReadOnlyList<ColumnSchema> schema, long firstRow, int count, CancellationToken cancellation)
    {
        var names = schema.Select(c => (RedisValue)c.Name).ToArray();
        var rows = await Database.PatientlyAsync(_ => ReadAsync(names, firstRow, count), cancellation).ConfigureAwait(false);
        if (rows.Count < count && placement.TimeToLive is null)
            throw new RedisMLException("DatasetDataLost", ErrorKind.InvalidData,
                $"Dataset '{dataset}' has no row {firstRow + rows.Count + 1:N0} any more: somebody removed rows, or the server evicted " +
                "them. Import it again.", placement.Index);
        var builders = schema.Select(c => ColumnBuilder.Create(c.Type)).ToArray();
        var parsers = schema.Select((c, i) => TextValue.Create(c.Type, builders[i])).ToArray();
        foreach (var row in rows)
            for (int i = 0; i < row.Length; i++)
            {
                if (row[i].IsNull) builders[i].AppendNull();
                else if (!parsers[i].TryAppend(((ReadOnlyMemory<byte>)row[i]).Span))
                    throw new RedisMLException("InvalidRow", ErrorKind.InvalidData,
                        $"'{row[i]}' in column '{schema[i].Name}' of dataset '{dataset}' is no {schema[i].Type}: somebody changed the row.",
                        dataset);
            }
        var built = builders.Select(b => b.Build()).ToList();
        var fields = schema.Zip(built, (c, b) => new Field(c.Name, b.Type, nullable: true));
        return (new(new Schema(fields, null), built.Select(b => b.Array), rows.Count), [.. built.Select(b => b.Statistics)]);
    }

    /// <summary>Writes rows of a batch, those from <paramref name="from"/> to <paramref name="to"/>.</summary>
    protected abstract Task WriteAsync(RedisValue[] names, RowText[] columns, int from, int to, long firstRow);
}
