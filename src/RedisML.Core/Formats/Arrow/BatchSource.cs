using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Errors;
using RedisML.Formats.Json;

namespace RedisML.Formats.Arrow;

/// <summary>A file of typed columns as a source: its record batches are cut, and put together, to parts of a chunk's size.</summary>
abstract class BatchSource(SourceFile file) : RowSource
{
    /// <summary>How many rows the size of a stored row is judged by.</summary>
    const int SampleRows = 8_192;

    Schema? _schema;

    public override string Name => file.Name;

    public override string RowName => "row";

    public override long? Length => file.Length;

    protected SourceFile File => file;

    public override async Task<ulong?> HashAsync(CancellationToken cancellation) =>
        await file.HashAsync(cancellation).ConfigureAwait(false);

    public override async Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(
        IReadOnlyDictionary<string, ColumnType> given, CancellationToken cancellation)
    {
        _schema = await ReadSchemaAsync(cancellation).ConfigureAwait(false);
        if (_schema.FieldsList.Count == 0)
            throw new RedisMLException("NoColumns", ErrorKind.InvalidData, $"'{Name}' has no columns.", Name);
        ColumnNames.CheckCount(_schema.FieldsList.Count, Name);
        var names = ColumnNames.Of([.. _schema.FieldsList.Select(f => f.Name)]);
        var types = _schema.FieldsList.Select(TypeOf).ToList();
        return [.. names.Zip(types, (name, type) => new SourceColumn(name, given.GetValueOrDefault(name, type), Inferred: false))];
    }

    public override async IAsyncEnumerable<RowPart> ReadAsync(
        IReadOnlyList<SourceColumn> columns, ChunkCompression compression, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var encoder = new PartEncoder<BatchColumn[]>(columns, compression, (columns, builder, _) =>
            [.. columns.Select((c, i) => new BatchColumn(_schema!.GetFieldByIndex(i).DataType, c.Schema.Type, builder.Columns[i]))]);
        var slices = new List<BatchSlice>();
        int index = 0, rows = 0, target = 0;
        // Nothing reads the file from start to end as other sources do: it is hashed meanwhile.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hashing = Task.Run(() => file.HashAsync(stop.Token), CancellationToken.None);
        try
        {
            await foreach (var shared in ReadBatchesAsync(cancellation).ConfigureAwait(false))
            {
                using var user = shared;
                var batch = shared.Batch;
                if (batch.Length == 0) continue;
                if (target == 0) target = RowsPerPart(shared, encoder);
                for (int start = 0; start < batch.Length;)
                {
                    int count = Math.Min(batch.Length - start, target - rows);
                    slices.Add(shared.Slice(start, count));
                    start += count;
                    rows += count;
                    if (rows < target) continue;
                    yield return new BatchPart(index++, [.. slices], encoder) { FirstLine = index == 1 ? 1 : null };
                    slices.Clear();
                    rows = 0;
                }
            }
            if (rows > 0) yield return new BatchPart(index++, [.. slices], encoder) { FirstLine = index == 1 ? 1 : null };
            else if (index == 0)
                throw new RedisMLException("HeaderOnly", ErrorKind.InvalidData, $"'{Name}' has columns and no rows.", Name);
            slices.Clear();
            await hashing.ConfigureAwait(false);
        }
        finally
        {
            foreach (var slice in slices) slice.Dispose();
            stop.Cancel();
            await ((Task)hashing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected abstract Task<Schema> ReadSchemaAsync(CancellationToken cancellation);

    /// <summary>The batches in order; whoever takes one disposes it.</summary>
    protected abstract IAsyncEnumerable<SharedBatch> ReadBatchesAsync(CancellationToken cancellation);

    /// <summary>A batch that somebody else read, once all that its offsets and indices lead to is there.</summary>
    /// <exception cref="InvalidDataException">It isn't whole; it is disposed.</exception>
    protected static SharedBatch Checked(RecordBatch batch)
    {
        try
        {
            BatchCheck.Demand(batch);
            return new(batch);
        }
        catch (InvalidDataException)
        {
            batch.Dispose();
            throw;
        }
    }

    ColumnType TypeOf(Field field) =>
        ArrowTypes.ToColumnType(field) ?? throw new RedisMLException("UnsupportedColumnType", ErrorKind.InvalidData,
        $"Column '{field.Name}' of '{Name}' has the type {TypeName(field.DataType)}, which datasets don't have (lists hold integers and " +
        "floating-point numbers); write the file without it, or in another type.", field.Name);

    static string TypeName(IArrowType type) =>
        type is NestedType { Fields: [var element] } && type is not MapType ? $"{type.Name} of {TypeName(element.DataType)}" : type.Name;

    static int RowsPerPart(SharedBatch first, PartEncoder<BatchColumn[]> encoder)
    {
        using var sample = new BatchPart(0, [first.Slice(0, Math.Min(SampleRows, first.Batch.Length))], encoder);
        using var chunk = sample.Encode(leaveOut: true).Chunk;
        return chunk is null ? SampleRows : ChunkSize.RowsFor(chunk.UncompressedBytes, chunk.Rows);
    }
}

/// <summary>A batch that several parts share; its memory is given back with the last.</summary>
sealed class SharedBatch(RecordBatch batch) : IDisposable
{
    readonly Lazy<ulong> _hash = new(() =>
    {
        var hash = new XxHash64();
        foreach (var array in batch.Arrays) Append(array.Data);
        return hash.GetCurrentHashAsUInt64();

        void Append(ArrayData? data)
        {
            if (data is null) return;
            foreach (var buffer in data.Buffers) hash.Append(buffer.Span);
            foreach (var child in data.Children ?? []) Append(child);
            Append(data.Dictionary);
        }
    });
    int _users = 1;

    public RecordBatch Batch => batch;

    /// <summary>The hash of its buffers, made once, by the first of the parts that ask.</summary>
    public ulong Hash => _hash.Value;

    public BatchSlice Slice(int start, int count)
    {
        Interlocked.Increment(ref _users);
        return new(this, start, count);
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0) batch.Dispose();
    }
}

/// <summary>Some rows of a batch.</summary>
sealed record BatchSlice(SharedBatch Shared, int Start, int Count) : IDisposable
{
    public void Dispose() => Shared.Dispose();
}

/// <summary>Rows of one batch or several, which become a chunk.</summary>
sealed class BatchPart(int index, IReadOnlyList<BatchSlice> slices, PartEncoder<BatchColumn[]> encoder)
    : RowPart(index, slices.Sum(s => ChunkCodec.BufferBytes(s.Shared.Batch) * s.Count / Math.Max(1, s.Shared.Batch.Length)))
{
    /// <remarks>Over whole batches and the places in them: cheap, and different wherever the content is.</remarks>
    public override ulong Hash()
    {
        var hash = new XxHash64();
        foreach (var slice in slices)
            hash.Append(MemoryMarshal.AsBytes<ulong>([slice.Shared.Hash, (ulong)slice.Start, (ulong)slice.Count]));
        return hash.GetCurrentHashAsUInt64();
    }

    public override EncodedPart Encode(bool leaveOut) => encoder.Encode(slices.Sum(s => (long)s.Count), leaveOut, Append);

    public override void Dispose()
    {
        foreach (var slice in slices) slice.Dispose();
    }

    void Append(BatchColumn[] columns, IReadOnlySet<int> left, List<BadRow> bad)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            int row = 0;
            foreach (var slice in slices)
            {
                columns[i].Append(slice.Shared.Batch.Column(i), slice.Start, slice.Count, row, i, left, bad);
                row += slice.Count;
            }
        }
        if (bad.Count == 0) return;
        // Found column by column; wanted row by row, each once.
        var firsts = bad.OrderBy(b => b.Line).ThenBy(b => b.Column).DistinctBy(b => b.Line)
            .Select(b => b with { Record = Record((int)b.Line - 1) }).ToList();
        bad.Clear();
        bad.AddRange(firsts);
    }

    /// <param name="row">The number of the row in the part, from 0.</param>
    byte[] Record(int row)
    {
        int slice = 0;
        for (; row >= slices[slice].Count; slice++) row -= slices[slice].Count;
        var (batch, place) = (slices[slice].Shared.Batch, slices[slice].Start + row);
        var names = ColumnNames.Of([.. batch.Schema.FieldsList.Select(f => f.Name)]);
        return JsonRecord.Of(
            batch.Schema.FieldsList.Select((field, i) => (names[i], BatchColumn.ValueAt(batch.Column(i), place, field.DataType))));
    }
}
