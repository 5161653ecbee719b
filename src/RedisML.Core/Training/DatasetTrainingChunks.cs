using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using RedisML.Connections;
using RedisML.Datasets;

namespace RedisML.Training;

/// <summary>The chunks of a dataset in Redis, read ahead while workers decode.</summary>
public sealed class DatasetTrainingChunks : ITrainingChunks, IAsyncDisposable
{
    /// <summary>Chunks that have arrived and wait for a worker.</summary>
    const int Ahead = 8;

    readonly BlockingCollection<DatasetChunk> _arrived = new(Ahead);
    readonly CancellationTokenSource _stop = new();
    readonly Task _reading;
    ExceptionDispatchInfo? _failure;

    DatasetTrainingChunks(RedisMLConnection connection, Dataset dataset, long firstRow, long rows)
    {
        Rows = rows;
        _reading = Task.Run(() => ReadAsync(connection, dataset, firstRow));
    }

    public long Rows { get; }

    /// <summary>Starts to read at once.</summary>
    public static DatasetTrainingChunks Start(RedisMLConnection connection, Dataset dataset) => Start(connection, dataset, 0, dataset.Rows);

    /// <summary>Starts to read those chunks that hold some rows.</summary>
    internal static DatasetTrainingChunks Start(RedisMLConnection connection, Dataset dataset, long firstRow, long rows) =>
        new(connection, dataset, firstRow, rows);

    public DatasetChunk? Take(CancellationToken cancellation)
    {
        if (_arrived.TryTake(out var chunk, Timeout.Infinite, cancellation)) return chunk;
        Volatile.Read(ref _failure)?.Throw();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        while (_arrived.TryTake(out var chunk)) chunk.Dispose();
        _arrived.Dispose();
        _stop.Dispose();
    }

    async Task ReadAsync(RedisMLConnection connection, Dataset dataset, long firstRow)
    {
        try
        {
            await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, firstRow, Rows, _stop.Token).ConfigureAwait(false))
                _arrived.Add(chunk, _stop.Token);
        }
        catch (Exception e)
        {
            Volatile.Write(ref _failure, ExceptionDispatchInfo.Capture(e));
        }
        finally
        {
            _arrived.CompleteAdding();
        }
    }
}
