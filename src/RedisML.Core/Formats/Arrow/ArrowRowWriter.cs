using Apache.Arrow;
using Apache.Arrow.Ipc;
using RedisML.Columns;

namespace RedisML.Formats.Arrow;

/// <summary>Writes an Arrow IPC file or stream, a record batch a chunk, in the columns' logical types.</summary>
sealed class ArrowRowWriter : RowWriter
{
    readonly Schema _schema;
    readonly ArrowStreamWriter _writer;
    readonly FullWidthColumn[] _columns;

    public ArrowRowWriter(Stream stream, IReadOnlyList<ColumnSchema> schema, bool isStream)
    {
        _schema = new([.. schema.Select(c => ArrowTypes.FieldOf(c.Name, c.Type))], null);
        _columns = [.. schema.Select(c => FullWidthColumn.Create(c.Type))];
        _writer = isStream ? new ArrowStreamWriter(stream, _schema, leaveOpen: true)
            : new ArrowFileWriter(stream, _schema, leaveOpen: true);
        _writer.WriteStart();
    }

    public override async Task WriteAsync(IReadOnlyList<IArrowArray> columns, int start, int count, CancellationToken cancellation)
    {
        using var batch = new RecordBatch(_schema, columns.Select((array, i) => _columns[i].Widen(array, start, count)), count);
        await _writer.WriteRecordBatchAsync(batch, cancellation).ConfigureAwait(false);
    }

    public override Task EndAsync(CancellationToken cancellation) => _writer.WriteEndAsync(cancellation);

    public override ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return ValueTask.CompletedTask;
    }
}
