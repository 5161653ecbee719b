using Apache.Arrow;
using Apache.Arrow.Types;
using ParquetSharp;
using ParquetSharp.Arrow;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Formats.Arrow;

namespace RedisML.Formats.Parquet;

/// <summary>Writes a Parquet file, in the columns' logical types; some chunks together make a row group.</summary>
sealed class ParquetRowWriter : RowWriter
{
    const int GroupRows = 1 << 17;
    const long GroupBytes = 64 << 20;

    readonly Schema _schema;
    readonly FullWidthColumn[] _columns;
    readonly FileWriter _writer;
    int _groupRows;
    long _groupBytes;

    /// <exception cref="RedisMLException"><c>ParquetUnavailable</c></exception>
    public ParquetRowWriter(Stream stream, IReadOnlyList<ColumnSchema> schema)
    {
        _schema = new([.. schema.Select(c => FieldOf(c.Name, c.Type))], null);
        _columns = [.. schema.Select(c => FullWidthColumn.Create(c.Type))];
        _writer = ParquetLibrary.Write(() => Create(stream, _schema));
    }

    public override Task WriteAsync(IReadOnlyList<IArrowArray> columns, int start, int count, CancellationToken cancellation)
    {
        using var batch = new RecordBatch(_schema, columns.Select((array, i) => _columns[i].Widen(array, start, count)), count);
        ParquetLibrary.Write(() =>
        {
            if (_groupRows == 0) _writer.NewBufferedRowGroup();
            _writer.WriteBufferedRecordBatch(batch);
            return true;
        });
        _groupRows += count;
        _groupBytes += batch.Arrays.Sum(a => a.Data.Buffers.Sum(b => (long)b.Length));
        if (_groupRows >= GroupRows || _groupBytes >= GroupBytes) (_groupRows, _groupBytes) = (0, 0);
        return Task.CompletedTask;
    }

    public override Task EndAsync(CancellationToken cancellation)
    {
        ParquetLibrary.Write(() =>
        {
            _writer.Close();
            return true;
        });
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Parquet has no seconds.</summary>
    static Field FieldOf(string name, ColumnType type) => type is { Kind: TypeKind.Timestamp, Unit: TimestampUnit.Second }
        ? ArrowTypes.FieldOf(name, type, new KeyValuePair<string, string>(ParquetFile.TypeKey, type.ToString()))
        : ArrowTypes.FieldOf(name, type);

    /// <remarks>
    /// The file holds the Arrow schema too, which says more than its own types. Fractions are rarely equal, so that looking for a dictionary of them
    /// is in vain. Snappy is what every reader has.
    /// </remarks>
    static FileWriter Create(Stream stream, Schema schema)
    {
        using var builder = new WriterPropertiesBuilder();
        builder.Compression(Compression.Snappy).EnablePageChecksum();
        foreach (var field in schema.FieldsList)
        {
            if (field.DataType is FloatingPointType) builder.DisableDictionary(field.Name);
            else if (field.DataType is ListType) builder.DisableDictionary($"{field.Name}.list.element");
        }
        using var properties = builder.Build();
        using var arrowBuilder = new ArrowWriterPropertiesBuilder();
        using var arrowProperties = arrowBuilder.StoreSchema().UseThreads(true).Build();
        return new(new PositionStream(stream), schema, properties, arrowProperties, leaveOpen: true);
    }
}
