using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace RedisML.Formats.Arrow;

/// <summary>A file in a registered format as a source.</summary>
sealed class FileFormatSource(SourceFile file, IFileFormat format) : BatchSource(file)
{
    long _rows, _rowsRead;

    public override long Position => _rows == 0 ? 0 : (long)((Int128)File.Length * _rowsRead / _rows);

    protected override async Task<Schema> ReadSchemaAsync(CancellationToken cancellation)
    {
        using var content = await File.OpenSeekableAsync(cancellation).ConfigureAwait(false);
        using var reader = format.Read(content);
        return reader.Schema;
    }

    protected override async IAsyncEnumerable<SharedBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var content = await File.OpenSeekableAsync(cancellation).ConfigureAwait(false);
        using var reader = format.Read(content);
        _rows = reader.Rows;
        foreach (var batch in reader.Batches())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Checked(batch);
            _rowsRead += batch.Length;
        }
    }
}
