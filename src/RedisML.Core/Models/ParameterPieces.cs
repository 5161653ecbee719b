using System.Runtime.CompilerServices;
using RedisML.Connections;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Models;

/// <summary>The pieces of the parameters of a version of a model: strings of at most 1 MB, each with a key of its own.</summary>
/// <remarks>
/// Before a piece is written its id is noted beside the version. So whoever removes the version finds also what a writer left that was
/// killed.
/// </remarks>
sealed class ParameterPieces(RedisMLConnection connection, string model, long version)
{
    /// <summary>Pieces under way at once.</summary>
    const int Together = 8;

    /// <summary>More ids than this are looked for, and not believed.</summary>
    const int BelievedPieces = 1 << 20;

    IDatabase Database => connection.Database;

    Seal Seal => connection.Seals.Model(model);

    RedisKey Journal => connection.Keys.ModelPieces(model, version);

    /// <summary>Writes the pieces of parameters.</summary>
    public async Task WriteAsync(IEnumerable<StoredParameter> parameters, CancellationToken cancellation)
    {
        foreach (var (_, _, envelope, pieces) in parameters)
        {
            if (envelope is null) continue;
            await Database.PatientlyAsync(d => d.HashSetAsync(Journal, envelope.Id, pieces.Count), cancellation).ConfigureAwait(false);
            TimeSpan? expiry = envelope.Expires is { } end
                ? TimeSpan.FromMilliseconds(Math.Max(1, end - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds())) : null;
            for (int start = 0; start < pieces.Count; start += Together)
            {
                int first = start, count = Math.Min(Together, pieces.Count - start);
                await Database.PatientlyAsync(d => Task.WhenAll(Enumerable.Range(first, count)
                    .Select(i => d.StringSetAsync(Key(envelope.Id, i), Seal.Close(Key(envelope.Id, i), pieces[i]), expiry, When.Always))),
                    cancellation)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>The bytes of a parameter; null where a piece is gone.</summary>
    /// <exception cref="InvalidDataException">A piece isn't what was written.</exception>
    public async Task<byte[]?> ReadAsync(ParameterEnvelope envelope, CancellationToken cancellation)
    {
        int count = envelope.Checksums.Count;
        byte[]? bytes = null;
        for (int start = 0; start < count; start += Together)
        {
            int first = start;
            var pieces = await Database.PatientlyAsync(d => Task.WhenAll(Enumerable.Range(first, Math.Min(Together, count - first))
                .Select(i => d.StringGetAsync(Key(envelope.Id, i)))), cancellation).ConfigureAwait(false);
            if (pieces.Any(piece => piece.IsNull)) return null;
            // Only when there are pieces is the claim believed that there are so many bytes.
            bytes ??= GC.AllocateUninitializedArray<byte>((int)envelope.Bytes);
            for (int i = 0; i < pieces.Length; i++)
                StoredParameter.Open(envelope, first + i, Open(envelope, first + i, pieces[i])).Span
                    .CopyTo(bytes.AsSpan((first + i) * ParameterEnvelope.PieceBytes));
        }
        return bytes;
    }

    /// <summary>Some of the bytes of a parameter, piece by piece, each from the first to the last that is wanted of it.</summary>
    /// <remarks>Of what isn't compressed nothing else is read; a part of a piece has no checksum.</remarks>
    /// <param name="wanted">The first byte and the end of what is wanted, ascending.</param>
    /// <returns>The place of the first byte, and the bytes; null bytes where a piece is gone.</returns>
    public async IAsyncEnumerable<(long Start, ReadOnlyMemory<byte>? Bytes)> ReadAsync(
        ParameterEnvelope envelope, IEnumerable<(long Start, long End)> wanted, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (piece, from, to) in Covering(wanted))
        {
            long start = (long)piece * ParameterEnvelope.PieceBytes;
            bool isWhole = from == 0 && to == envelope.LengthOf(piece);
            if (isWhole || envelope.Compression != ParameterCompression.None || Seal.IsOn)
            {
                var value = await Database.PatientlyAsync(d => d.StringGetAsync(Key(envelope.Id, piece)), cancellation)
                    .ConfigureAwait(false);
                yield return (start, value.IsNull ? (ReadOnlyMemory<byte>?)null
                    : StoredParameter.Open(envelope, piece, Open(envelope, piece, value)));
                continue;
            }
            var part = (ReadOnlyMemory<byte>)await Database.PatientlyAsync(
                d => d.StringGetRangeAsync(Key(envelope.Id, piece), from, to - 1), cancellation).ConfigureAwait(false);
            yield return (start + from, part.Length == to - from ? part : (ReadOnlyMemory<byte>?)null);
        }
    }

    /// <summary>Deletes the pieces of ids.</summary>
    public async Task DeleteAsync(IEnumerable<ParameterEnvelope> envelopes, CancellationToken cancellation)
    {
        foreach (var envelope in envelopes) await DeleteAsync(envelope.Id, envelope.Checksums.Count, cancellation).ConfigureAwait(false);
    }

    /// <summary>Deletes all pieces of the version, also those of writers that never came to an end.</summary>
    public async Task DeleteAllAsync(CancellationToken cancellation)
    {
        foreach (var entry in await Database.PatientlyAsync(d => d.HashGetAllAsync(Journal), cancellation).ConfigureAwait(false))
        {
            if (entry.Value.TryParse(out int count) && count is >= 0 and < BelievedPieces)
            {
                await DeleteAsync((string)entry.Name!, count, cancellation).ConfigureAwait(false);
                continue;
            }
            await foreach (var key in connection.KeysAsync($"{connection.Keys.ModelVersion(model, version)}:piece:", cancellation)
                .ConfigureAwait(false))
                await Database.PatientlyAsync(d => d.KeyDeleteAsync(key), cancellation).ConfigureAwait(false);
        }
        await Database.PatientlyAsync(d => d.KeyDeleteAsync(Journal), cancellation).ConfigureAwait(false);
    }

    async Task DeleteAsync(string id, int count, CancellationToken cancellation)
    {
        for (int start = 0; start < count; start += Together)
        {
            int first = start;
            await Database.PatientlyAsync(d => Task.WhenAll(Enumerable.Range(first, Math.Min(Together, count - first))
                .Select(i => d.KeyDeleteAsync(Key(id, i)))), cancellation).ConfigureAwait(false);
        }
        await Database.PatientlyAsync(d => d.HashDeleteAsync(Journal, id), cancellation).ConfigureAwait(false);
    }

    ReadOnlyMemory<byte> Open(ParameterEnvelope envelope, int index, RedisValue piece) =>
        (ReadOnlyMemory<byte>)Seal.Open(Key(envelope.Id, index), piece);

    RedisKey Key(string id, int index) => connection.Keys.ModelPiece(model, version, id, index);

    /// <summary>Of each piece that has something of it the first byte, and the end.</summary>
    static IEnumerable<(int Piece, int From, int To)> Covering(IEnumerable<(long Start, long End)> wanted)
    {
        (int Piece, int From, int To) current = (-1, 0, 0);
        foreach (var (first, end) in wanted)
        {
            for (long start = first; start < end;)
            {
                int piece = (int)(start / ParameterEnvelope.PieceBytes);
                long from = start - (long)piece * ParameterEnvelope.PieceBytes;
                long to = Math.Min(end - (long)piece * ParameterEnvelope.PieceBytes, ParameterEnvelope.PieceBytes);
                if (piece == current.Piece) current.To = (int)to;
                else
                {
                    if (current.Piece >= 0) yield return current;
                    current = (piece, (int)from, (int)to);
                }
                start += to - from;
            }
        }
        if (current.Piece >= 0) yield return current;
    }
}
