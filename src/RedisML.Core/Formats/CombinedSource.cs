using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Errors;

namespace RedisML.Formats;

/// <summary>Several sources with the same columns as one, the rows of one behind those of the other.</summary>
sealed class CombinedSource(IReadOnlyList<RowSource> sources) : RowSource
{
    int _current;

    public override string Name => sources[0].Name;

    public override IEnumerable<string> Files => sources.SelectMany(s => s.Files);

    public override string RowName => sources[_current].RowName;

    public override long? Length => sources.Sum(s => s.Length);

    public override long Position => sources.Take(_current).Sum(s => s.Length ?? 0) + sources[_current].Position;

    public override bool IsEmpty => sources.All(s => s.IsEmpty);

    public override bool CanReread => sources.All(s => s.CanReread);

    public override async Task<ulong?> HashAsync(CancellationToken cancellation)
    {
        var hash = new XxHash64();
        foreach (var source in sources)
        {
            if (await source.HashAsync(cancellation).ConfigureAwait(false) is not { } own) return null;
            hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in own)));
        }
        return hash.GetCurrentHashAsUInt64();
    }

    /// <exception cref="RedisMLException"><c>SchemaMismatch</c>: a file has other columns than the first, or in another order.</exception>
    public override async Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(
        IReadOnlyDictionary<string, ColumnType> given, CancellationToken cancellation)
    {
        SourceColumn[] columns = [];
        foreach (var source in sources)
        {
            var own = await source.ReadColumnsAsync(given, cancellation).ConfigureAwait(false);
            if (columns.Length > 0 && !own.Select(c => c.Name).SequenceEqual(columns.Select(c => c.Name)))
                throw new RedisMLException("SchemaMismatch", ErrorKind.InvalidData,
                    $"'{source.Name}' has other columns than '{Name}', or in another order: {string.Join(", ", own.Select(c => c.Name))} " +
                    $"instead of {string.Join(", ", columns.Select(c => c.Name))}. Nothing was written.", source.Name);
            columns = columns.Length == 0 ? [.. own] : [.. columns.Zip(own, Union)];
        }
        return columns;
    }

    public override async IAsyncEnumerable<RowPart> ReadAsync(
        IReadOnlyList<SourceColumn> columns, ChunkCompression compression, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int index = 0;
        for (_current = 0; _current < sources.Count; _current++)
        {
            await foreach (var part in sources[_current].ReadAsync(columns, compression, cancellation).ConfigureAwait(false))
                yield return new CombinedPart(index++, part)
                {
                    File = sources[_current].Name,
                    FirstLine = part.FirstLine,
                    Source = sources[_current],
                };
        }
        _current = sources.Count - 1;
    }

    public override ReadOnlyMemory<byte> RejectHeader => sources[0].RejectHeader;

    public override ReadOnlyMemory<byte> RejectLine(BadRow bad, long line, string column, string reason) =>
        sources[0].RejectLine(bad, line, column, reason);

    static SourceColumn Union(SourceColumn a, SourceColumn b) => b.Type is not { } type ? a with { Inferred = a.Inferred && b.Inferred }
        : a.As(ColumnType.Union(a.Type, type)) with { Inferred = a.Inferred && b.Inferred } is var union && union.Type == ColumnType.Utf8
            && union.Almost is null
            ? union with { Almost = type == ColumnType.Utf8 ? b.Almost : type } : union;

    sealed class CombinedPart(int index, RowPart part) : RowPart(index, part.Bytes)
    {
        public override ulong Hash() => part.Hash();

        public override EncodedPart Encode(bool leaveOut) => part.Encode(leaveOut);

        public override RowPart With(IReadOnlyList<SourceColumn> columns) => part.With(columns);

        public override void Dispose() => part.Dispose();
    }
}
