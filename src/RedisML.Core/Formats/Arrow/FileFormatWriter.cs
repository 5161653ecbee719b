using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Formats.Arrow;

/// <summary>Writes a file in a registered format, in the columns' logical types.</summary>
sealed class FileFormatWriter : RowWriter
{
    readonly Schema _schema;
    readonly FullWidthColumn[] _columns;
    readonly IBatchWriter _writer;

    public FileFormatWriter(IFileFormat format, Stream stream, IReadOnlyList<ColumnSchema> schema)
    {
        _schema = new([.. schema.Select(c => ArrowTypes.FieldOf(c.Name, c.Type))], null);
        _columns = [.. schema.Select(c => FullWidthColumn.Create(c.Type))];
        _writer = format.Write(new PositionStream(stream), _schema);
    }

    public override Task WriteAsync(IReadOnlyList<IArrowArray> columns, int start, int count, CancellationToken cancellation)
    {
        using var batch = new RecordBatch(_schema, columns.Select((array, i) => _columns[i].Widen(array, start, count)), count);
        _writer.Write(batch);
        return Task.CompletedTask;
    }

    public override Task EndAsync(CancellationToken cancellation)
    {
        _writer.End();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return ValueTask.CompletedTask;
    }
}
