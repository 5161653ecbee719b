using System.Runtime.CompilerServices;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using RedisML.Errors;

namespace RedisML.Formats.Arrow;

/// <summary>An Arrow IPC file, or stream, as a source.</summary>
/// <param name="isStream">Whether it is a stream; a file is read by its footer.</param>
sealed class ArrowSource(SourceFile file, bool isStream) : BatchSource(file)
{
    static readonly CompressionCodecFactory s_codecs = new();

    SourceContent? _content;
    Stream? _seekable;

    public override long Position => _content?.FilePosition ?? (_seekable is { CanRead: true } s ? Math.Min(s.Position, File.Length) : 0);

    protected override async Task<Schema> ReadSchemaAsync(CancellationToken cancellation)
    {
        using var reader = await OpenAsync(cancellation).ConfigureAwait(false);
        return await Guard(async () => await reader.GetSchema(cancellation).ConfigureAwait(false)
            ?? throw new InvalidDataException("it ends before it says which columns it has")).ConfigureAwait(false);
    }

    protected override async IAsyncEnumerable<SharedBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reader = await OpenAsync(cancellation).ConfigureAwait(false);
        while (await Guard(async () => await reader.ReadNextRecordBatchAsync(cancellation).ConfigureAwait(false))
            .ConfigureAwait(false) is { } batch)
            yield return Checked(batch);
    }

    /// <summary>The reader closes what it reads from.</summary>
    async Task<ArrowStreamReader> OpenAsync(CancellationToken cancellation)
    {
        var allocator = RentingAllocator.For(File.Length);
        if (isStream) return new(new ArrowMessages((_content = File.OpenContent()).Stream), allocator, s_codecs, leaveOpen: false);
        _seekable = await File.OpenSeekableAsync(cancellation).ConfigureAwait(false);
        await ArrowFooter.CheckAsync(_seekable, cancellation).ConfigureAwait(false);
        return new ArrowFileReader(_seekable, allocator, s_codecs, leaveOpen: false);
    }

    /// <summary>The reader tells of damage by exceptions of many kinds.</summary>
    static async Task<T> Guard<T>(Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or InvalidDataException or RedisMLException))
        {
            throw new InvalidDataException(e.Message, e);
        }
    }
}
