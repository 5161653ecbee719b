using System.Runtime.CompilerServices;
using Apache.Arrow;
using RedisML.Formats.Arrow;

namespace RedisML.Formats.Parquet;

/// <summary>A Parquet file as a source: Arrow's own reader decodes it, its columns side by side, in batches of bounded size.</summary>
sealed class ParquetSource(SourceFile file) : BatchSource(file)
{
    long _rows, _rowsRead;

    public override long Position => _rows == 0 ? 0 : (long)((Int128)File.Length * _rowsRead / _rows);

    protected override async Task<Schema> ReadSchemaAsync(CancellationToken cancellation)
    {
        using var content = await File.OpenSeekableAsync(cancellation).ConfigureAwait(false);
        using var reader = new ParquetFile(content);
        return reader.Schema;
    }

    protected override async IAsyncEnumerable<SharedBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var content = await File.OpenSeekableAsync(cancellation).ConfigureAwait(false);
        using var reader = new ParquetFile(content);
        _rows = reader.Rows;
        foreach (var batch in reader.Batches())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new(batch);
            _rowsRead += batch.Length;
        }
    }
}
