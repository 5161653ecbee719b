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

    /// <remarks>To decode the columns of a row group takes most of the time: several readers, each of its own stream, share them.</remarks>
    protected override async IAsyncEnumerable<SharedBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var opened = new List<IAsyncDisposable>();
        var readers = new List<ParquetReader>();
        try
        {
            // What has to be inflated first is inflated once.
            for (int count = File.Compression == FileCompression.None ? Environment.ProcessorCount : 1; count > 0; count--)
            {
                var content = await File.OpenSeekableAsync(cancellation).ConfigureAwait(false);
                opened.Add(content);
                readers.Add(await OpenAsync(content, cancellation).ConfigureAwait(false));
                opened.Add(readers[^1]);
            }
            var columns = readers[0].Schema.Fields.Select(f => ParquetColumn.Of(f, File.Name)).ToList();
            var schema = new Schema([.. columns.Select(c => new Apache.Arrow.Field(c.Name, c.ArrowType, nullable: true))], null);
            _groups = readers[0].RowGroupCount;
            for (_groupsRead = 0; _groupsRead < _groups; _groupsRead++)
            {
                var memory = new RentedMemory();
                var arrays = await ReadGroupAsync(readers, columns, _groupsRead, memory, cancellation).ConfigureAwait(false);
                yield return new(new(schema, arrays, arrays[0].Length), memory);
            }
        }
        finally
        {
            foreach (var item in Enumerable.Reverse(opened)) await item.DisposeAsync().ConfigureAwait(false);
        }
    }

    static async Task<IArrowArray[]> ReadGroupAsync(List<ParquetReader> readers, List<ParquetColumn> columns, int group, RentedMemory memory, CancellationToken cancellation)
    {
        var arrays = new IArrowArray[columns.Count];
        int taken = 0;
        await Task.WhenAll(readers.Select(reader => Task.Run(async () =>
        {
            using var rows = reader.OpenRowGroupReader(group);
            for (int i = Interlocked.Increment(ref taken) - 1; i < arrays.Length; i = Interlocked.Increment(ref taken) - 1)
                arrays[i] = await Guard(() => columns[i].ReadAsync(rows, memory, cancellation)).ConfigureAwait(false);
        }, cancellation))).ConfigureAwait(false);
        return arrays;
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
