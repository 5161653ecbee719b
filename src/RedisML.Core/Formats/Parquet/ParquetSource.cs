using System.Runtime.CompilerServices;
using Apache.Arrow;
using Parquet;
using Parquet.Schema;
using RedisML.Formats.Arrow;

namespace RedisML.Formats.Parquet;

/// <summary>A Parquet file as a source: a row group becomes a record batch.</summary>
sealed class ParquetSource(SourceFile file) : BatchSource(file)
{
    static readonly ParquetOptions s_options = new() { UseBigDecimal = true, UseDateOnlyTypeForDates = true };

    int _groups, _groupsRead;

    public override long Position => _groups == 0 ? 0 : File.Length * _groupsRead / _groups;

    protected override async Task<Schema> ReadSchemaAsync(CancellationToken cancellation)
    {
        var content = await File.OpenSeekableAsync(cancellation).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var reader = await OpenAsync(content, cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return new([.. reader.Schema.Fields.Select(field => new Apache.Arrow.Field(field.Name, ParquetColumn.Of(field, File.Name).ArrowType, nullable: true))], null);
        }
    }

    protected override async IAsyncEnumerable<RecordBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var content = await File.OpenSeekableAsync(cancellation).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var reader = await OpenAsync(content, cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var columns = reader.Schema.Fields.Select(f => ParquetColumn.Of(f, File.Name)).ToList();
                var schema = new Schema([.. columns.Select(c => new Apache.Arrow.Field(c.Name, c.ArrowType, nullable: true))], null);
                _groups = reader.RowGroupCount;
                for (_groupsRead = 0; _groupsRead < _groups; _groupsRead++)
                {
                    using var group = reader.OpenRowGroupReader(_groupsRead);
                    var arrays = new List<IArrowArray>();
                    foreach (var column in columns)
                        arrays.Add(await Guard(() => column.ReadAsync(group, cancellation)).ConfigureAwait(false));
                    yield return new(schema, arrays, (int)group.RowCount);
                }
            }
        }
    }

    static Task<ParquetReader> OpenAsync(Stream content, CancellationToken cancellation) =>
        Guard(() => ParquetReader.CreateAsync(content, s_options, leaveStreamOpen: true, cancellation));

    /// <summary>The library tells of damage by exceptions of many kinds.</summary>
    static async Task<T> Guard<T>(Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or InvalidDataException or RedisMLException or OutOfMemoryException))
        {
            throw new InvalidDataException(e.Message, e);
        }
    }
}
