using System.IO.Hashing;
using System.Runtime.InteropServices;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Datasets;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Formats;

namespace RedisML.Importing;

/// <summary>One pass over a source: its parts are encoded and stored several at once, and committed in order.</summary>
/// <remarks>Memory is bounded by the window of parts under way, whatever the source's size.</remarks>
/// <param name="optionsHash">A hash of what decides how the rows come out;
/// it and <paramref name="baseVersion"/> go into checkpoints.</param>
/// <param name="resumeFrom">The checkpoint from which the pass goes on; null where it starts at the beginning.</param>
sealed class ImportAttempt(
    RowSource source, IReadOnlyList<SourceColumn> columns, ImportOptions options, DatasetWriter writer, RejectedRows rejected,
    ImportNotes notes,
    string optionsHash, long baseVersion, ImportCheckpoint? resumeFrom, IProgress<ImportProgress>? progress)
{
    const int MaxPartsUnderWay = 6;
    const long MaxBytesUnderWay = 32 << 20;
    static readonly TimeSpan s_checkpointInterval = TimeSpan.FromSeconds(1);

    // More at once would only take more memory, and builders that nobody uses again.
    readonly SemaphoreSlim _encoders = new(Environment.ProcessorCount);
    readonly Queue<(Task<StoredPart> Work, RowPart Part)> _underWay = new();
    long _bytesUnderWay;
    long _nextCheckpoint = Environment.TickCount64 + (long)s_checkpointInterval.TotalMilliseconds;

    // What the committed parts add up to.
    int _parts;
    ulong _hash;

    // The columns with wider types, where a value was found that needs one: then nothing is stored any more.
    volatile SourceColumn[]? _wider;
    string _file = source.Name;
    long _line = 1;

    /// <summary>The bytes before compression of the chunks that this attempt encoded.</summary>
    public long UncompressedBytes { get; private set; }

    /// <summary>The bytes of the same chunks as they are stored.</summary>
    public long CompressedBytes { get; private set; }

    /// <summary>Bytes of the source up to the end of the committed parts, compressed where it is: roughly.</summary>
    public long SourceBytes { get; private set; }

    /// <summary>Reads to the end. Where a column needs a wider type, nothing is stored any more, and the source is read for types alone:
    /// it returns the columns with those.</summary>
    /// <exception cref="RedisMLException"><c>SourceChanged</c>, and those of source and rejected rows.</exception>
    public async Task<SourceColumn[]?> RunAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var part in source.ReadAsync(columns, writer.StoresRows ? ChunkCompression.None
                : options.Compression, cancellation).ConfigureAwait(false))
            {
                if (_parts < resumeFrom?.Parts)
                {
                    Skip(part);
                    progress?.Report(new(writer.Rows, source.Position, source.Length ?? 0));
                    continue;
                }
                while (IsNextStored || _underWay.Count == MaxPartsUnderWay || _underWay.Count > 0
                    && _bytesUnderWay + part.Bytes > MaxBytesUnderWay)
                    await CommitNextAsync(cancellation).ConfigureAwait(false);
                if (_wider is not null)
                {
                    part.Dispose();
                    break;
                }
                await _encoders.WaitAsync(cancellation).ConfigureAwait(false);
                _underWay.Enqueue((Task.Run(() => StoreAsync(part, cancellation), CancellationToken.None), part));
                _bytesUnderWay += part.Bytes;
                progress?.Report(new(writer.Rows, source.Position, source.Length ?? 0));
            }
            if (_wider is null && _parts < resumeFrom?.Parts) throw ImportCheckpoint.Changed(source, "it is shorter");
            while (_underWay.Count > 0) await CommitNextAsync(cancellation).ConfigureAwait(false);
            if (_wider is not null) return await new TypeSearch(source, _wider, progress).RunAsync(cancellation).ConfigureAwait(false);
            if (!source.CanReread || notes.OnlyMissing is not [_, ..] missing) return null;
            var wider = columns.ToArray();
            foreach (int column in missing) wider[column] = wider[column].As(ColumnType.Utf8);
            return wider;
        }
        finally
        {
            // What is still under way must have ended before anybody deletes what was written.
            await ((Task)Task.WhenAll(_underWay.Select(u => u.Work))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    bool IsNextStored => _underWay.TryPeek(out var next) && next.Work.IsCompletedSuccessfully;

    /// <summary>A part that was committed before the break: only checked to be the same.</summary>
    void Skip(RowPart part)
    {
        using (part) Count(part.Hash());
        if (_parts < resumeFrom!.Parts) return;
        if (HashText != resumeFrom.Hash) throw ImportCheckpoint.Changed(source, "what was read then is different now");
        (_file, _line) = (resumeFrom.File, resumeFrom.Line);
    }

    async Task<StoredPart> StoreAsync(RowPart part, CancellationToken cancellation)
    {
        EncodedPart encoded;
        ulong hash = 0;
        try
        {
            using (part)
            {
                if (source.CanReread) hash = part.Hash();
                encoded = part.Encode(leaveOut: options.BadRow != BadRowPolicy.Stop);
            }
        }
        finally
        {
            _encoders.Release();
        }
        if (_wider is not null)
        {
            encoded.Chunk?.Dispose();
            return new(hash, encoded with { Chunk = null }, null);
        }
        return new(hash, encoded, encoded.Chunk is { } chunk && !writer.StoresRows
            ? await writer.WriteAsync(part.Index, chunk, cancellation).ConfigureAwait(false) : null);
    }

    async Task CommitNextAsync(CancellationToken cancellation)
    {
        // One that fails stays at the head of the queue: nothing behind it may be committed.
        var (work, part) = _underWay.Peek();
        var (hash, encoded, entry) = await work.ConfigureAwait(false);
        if (source.CanReread && _wider is null) _wider = (part.Source ?? source).Widened(columns, encoded.BadRows);
        if (_wider is not null)
        {
            _underWay.Dequeue();
            _bytesUnderWay -= part.Bytes;
            if (entry is null) encoded.Chunk?.Dispose();
            return;
        }
        if (part.FirstLine is { } first) (_file, _line) = (part.File ?? source.Name, first);
        if (encoded.Chunk is { } rows && writer.StoresRows) await writer.CommitRowsAsync(rows, cancellation).ConfigureAwait(false);
        if (encoded.BadRows.Count > 0 && WorkLog.Steps is { } log)
            log.Step($"{encoded.BadRows.Count:N0} rows are left out, by column: {string.Join(", ", encoded.BadRows
                .GroupBy(bad => bad.Column < 0 ? "(number of fields)" : columns[bad.Column].Name)
                .Select(group => $"{group.Key} in {group.Count():N0}"))}.");
        foreach (var bad in encoded.BadRows) await rejected.AddAsync(bad, _file, _line + bad.Line - 1).ConfigureAwait(false);
        notes.Add(encoded.Notes, encoded.Chunk?.Statistics, _file, _line);
        _underWay.Dequeue();
        _bytesUnderWay -= part.Bytes;
        _line += encoded.Lines;
        SourceBytes = part.SourceBytes;
        Count(hash);
        if (entry is not null)
        {
            writer.Commit(entry, encoded.Chunk!.Statistics);
            UncompressedBytes += encoded.Chunk.UncompressedBytes;
            CompressedBytes += entry.Bytes;
            WorkLog.Steps?.Step($"Chunk {_parts:N0}: {entry.Rows:N0} rows, {entry.Bytes:N0} bytes, {encoded.Chunk.UncompressedBytes:N0} " +
                "before compression.");
        }
        if (source.CanReread && Environment.TickCount64 >= _nextCheckpoint) await CheckpointAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>After the pass broke off: commits what was stored all the same, and notes where the import could go on.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        while (_wider is null && IsNextStored) await CommitNextAsync(cancellation).ConfigureAwait(false);
        await CheckpointAsync(cancellation).ConfigureAwait(false);
    }

    async Task CheckpointAsync(CancellationToken cancellation)
    {
        // Until it is where it goes on, the checkpoint before stays the right one.
        if (_parts < resumeFrom?.Parts) return;
        _nextCheckpoint = Environment.TickCount64 + (long)s_checkpointInterval.TotalMilliseconds;
        await rejected.FlushAsync().ConfigureAwait(false);
        await writer.CheckpointAsync(state => CheckpointOf(state).ToJson(), cancellation).ConfigureAwait(false);

        ImportCheckpoint CheckpointOf(WriterState state) => new(
            source.Name, source.Length, optionsHash, baseVersion, columns, _parts, HashText, _file, _line, rejected.Count,
            rejected.FileBytes, state)
        {
            Notes = notes.Tallies,
            Values = notes.Values,
        };
    }

    string HashText => $"{_hash:x16}";

    /// <summary>Adds the hash of a part to that of all parts.</summary>
    void Count(ulong hash)
    {
        _hash = XxHash64.HashToUInt64(MemoryMarshal.AsBytes<ulong>([_hash, hash]));
        _parts++;
    }

    readonly record struct StoredPart(ulong Hash, EncodedPart Encoded, ChunkEntry? Entry);
}
