using RedisML.Datasets.Chunks;

namespace RedisML.Datasets.Importing;

/// <summary>One pass over a source: its parts are encoded and stored several at once, and committed in order.</summary>
/// <remarks>Memory is bounded by the window of parts under way, whatever the source's size.</remarks>
sealed class ImportAttempt(
    ImportSource source, IReadOnlyList<ImportColumn> columns, ImportOptions options, DatasetWriter writer, RejectedRows rejected, IProgress<ImportProgress>? progress)
{
    const int MaxPartsUnderWay = 16;
    const long MaxBytesUnderWay = 64 << 20;

    readonly Queue<(Task<(EncodedPart Encoded, ChunkEntry? Entry)> Work, ImportPart Part)> _underWay = new();
    long _bytesUnderWay;
    string _file = source.Name;
    long _line = 1;

    /// <summary>Reads to the end. Where a column needs a wider type it ends early, and returns which.</summary>
    public async Task<(int Column, ColumnType Type)?> RunAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var part in source.ReadAsync(columns, options.Compression, cancellation).ConfigureAwait(false))
            {
                while (_underWay.Count == MaxPartsUnderWay || _underWay.Count > 0 && _bytesUnderWay + part.Bytes > MaxBytesUnderWay)
                    if (await CommitNextAsync(cancellation).ConfigureAwait(false) is { } misfit) return misfit;
                _underWay.Enqueue((Task.Run(() => StoreAsync(part, cancellation), cancellation), part));
                _bytesUnderWay += part.Bytes;
                progress?.Report(new(writer.Rows, source.Position, source.Length ?? 0));
            }
            while (_underWay.Count > 0)
                if (await CommitNextAsync(cancellation).ConfigureAwait(false) is { } misfit) return misfit;
            return null;
        }
        finally
        {
            // What is still under way must have ended before anybody deletes what was written.
            await ((Task)Task.WhenAll(_underWay.Select(u => u.Work))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<(EncodedPart, ChunkEntry?)> StoreAsync(ImportPart part, CancellationToken cancellation)
    {
        EncodedPart encoded;
        using (part) encoded = part.Encode(leaveOut: options.BadRow != BadRowPolicy.Stop);
        return (encoded, encoded.Chunk is { } chunk ? await writer.WriteAsync(part.Index, chunk, cancellation).ConfigureAwait(false) : null);
    }

    async Task<(int Column, ColumnType Type)?> CommitNextAsync(CancellationToken cancellation)
    {
        var (work, part) = _underWay.Dequeue();
        _bytesUnderWay -= part.Bytes;
        var (encoded, entry) = await work.ConfigureAwait(false);
        foreach (var bad in encoded.BadRows)
            if (bad.Column >= 0 && columns[bad.Column].Inferred && source.CanReread && source.Widened(columns[bad.Column], bad) is { } type)
                return (bad.Column, type);
        if (part.FirstLine is { } first) (_file, _line) = (part.File ?? source.Name, first);
        foreach (var bad in encoded.BadRows) await rejected.AddAsync(bad, _file, _line + bad.Line - 1, cancellation).ConfigureAwait(false);
        _line += encoded.Lines;
        if (entry is not null) writer.Commit(entry, encoded.Chunk!.Statistics);
        return null;
    }
}
