using System.Runtime.CompilerServices;
using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Prediction;

/// <summary>Rows that lie in Redis as hashes, a field a column, as text: those of a dataset of layout <c>Hash</c>,
/// or of any other program.</summary>
public sealed class HashRows(RedisMLConnection connection, ModelSignature signature)
{
    /// <summary>Keys asked for at once.</summary>
    const int KeysTogether = 256;

    readonly RedisValue[] _fields = [.. signature.Inputs.Select(input => (RedisValue)input.Name)];

    /// <summary>The inputs of the model in each hash, in the order of the keys, as <see cref="RowBuffer.TryAdd"/> takes them.</summary>
    /// <remarks>A missing value has no field. A hash without any field that the model needs isn't such a row: all is absent then.</remarks>
    /// <param name="keys">Whole keys, to which no prefix is added.</param>
    /// <returns>No values where there is no such key. They are valid until the next are asked for.</returns>
    public async IAsyncEnumerable<(string Key, object?[]? Values)> ReadAsync(
        IEnumerable<string> keys, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var values = new object?[_fields.Length];
        foreach (var batch in keys.Chunk(KeysTogether))
        {
            var hashes = await connection.Database.PatientlyAsync(
                d => Task.WhenAll(batch.Select(key => d.HashGetAsync(key, _fields))), cancellation).ConfigureAwait(false);
            for (int i = 0; i < batch.Length; i++)
            {
                bool isEmpty = Array.TrueForAll(hashes[i], value => value.IsNull);
                string key = batch[i];
                if (isEmpty && !await connection.Database.PatientlyAsync(d => d.KeyExistsAsync(key), cancellation).ConfigureAwait(false))
                {
                    yield return (key, null);
                    continue;
                }
                for (int field = 0; field < values.Length; field++) values[field] = isEmpty ? RowBuffer.Absent : (string?)hashes[i][field];
                yield return (key, values);
            }
        }
    }
}
