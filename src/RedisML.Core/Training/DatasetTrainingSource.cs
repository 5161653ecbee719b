using RedisML.Connections;
using RedisML.Datasets;

namespace RedisML.Training;

/// <summary>The chunks of a dataset in Redis, opened share by share.</summary>
internal sealed class DatasetTrainingSource : ITrainingSource, IAsyncDisposable
{
    readonly RedisMLConnection _connection;
    readonly Dataset _dataset;
    readonly int[] _chunkRows;
    readonly long[] _firstRows;
    readonly List<DatasetTrainingChunks> _opened = [];

    DatasetTrainingSource(RedisMLConnection connection, Dataset dataset, int[] chunkRows)
    {
        (_connection, _dataset, _chunkRows) = (connection, dataset, chunkRows);
        _firstRows = new long[chunkRows.Length + 1];
        for (int i = 0; i < chunkRows.Length; i++) _firstRows[i + 1] = _firstRows[i] + chunkRows[i];
    }

    public long Rows => _dataset.Rows;

    public IReadOnlyList<int> ChunkRows => _chunkRows;

    public static async Task<DatasetTrainingSource> OpenAsync(RedisMLConnection connection, Dataset dataset,
        CancellationToken cancellation) =>
        new(connection, dataset, await new DatasetReader(connection).ChunkRowsAsync(dataset, cancellation).ConfigureAwait(false));

    public ITrainingChunks Open(Range chunks)
    {
        var (first, count) = chunks.GetOffsetAndLength(_chunkRows.Length);
        var opened = DatasetTrainingChunks.Start(_connection, _dataset, _firstRows[first], _firstRows[first + count] - _firstRows[first]);
        lock (_opened) _opened.Add(opened);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var chunks in _opened) await chunks.DisposeAsync().ConfigureAwait(false);
    }
}
