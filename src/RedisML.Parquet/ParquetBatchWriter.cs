using Apache.Arrow;
using Apache.Arrow.Types;
using ParquetSharp;
using ParquetSharp.Arrow;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Formats;
using ArrowTimeUnit = Apache.Arrow.Types.TimeUnit;

namespace RedisML.Parquet;

/// <summary>Writes a Parquet file; some batches together make a row group.</summary>
sealed class ParquetBatchWriter : IBatchWriter
{
    const int GroupRows = 1 << 17;
    const long GroupBytes = 64 << 20;

    readonly FileWriter _writer;
    int _groupRows;
    long _groupBytes;

    /// <exception cref="RedisMLException"><c>ParquetUnavailable</c></exception>
    public ParquetBatchWriter(Stream stream, Schema schema)
    {
        var written = new Schema(schema.FieldsList.Select(Marked), null);
        _writer = ParquetLibrary.Write(() => Create(stream, written));
    }

    public void Write(RecordBatch batch)
    {
        ParquetLibrary.Write(() =>
        {
            if (_groupRows == 0) _writer.NewBufferedRowGroup();
            _writer.WriteBufferedRecordBatch(batch);
            return true;
        });
        _groupRows += batch.Length;
        _groupBytes += batch.Arrays.Sum(a => a.Data.Buffers.Sum(b => (long)b.Length));
        if (_groupRows >= GroupRows || _groupBytes >= GroupBytes) (_groupRows, _groupBytes) = (0, 0);
    }

    public void End() => ParquetLibrary.Write(() =>
    {
        _writer.Close();
        return true;
    });

    public void Dispose() => _writer.Dispose();

    /// <summary>Parquet has no seconds.</summary>
    static Field Marked(Field field) => field.DataType is TimestampType { Unit: ArrowTimeUnit.Second } time
        ? new(field.Name, time, field.IsNullable,
            [new(ParquetFile.TypeKey, ColumnType.Timestamp(TimestampUnit.Second, time.Timezone).ToString())])
        : field;

    /// <remarks>
    /// The file holds the Arrow schema too, which says more than its own types. Fractions are rarely equal,
    /// so that looking for a dictionary
    /// of them is in vain. Snappy is what every reader has.
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
        return new(stream, schema, properties, arrowProperties, leaveOpen: true);
    }
}
