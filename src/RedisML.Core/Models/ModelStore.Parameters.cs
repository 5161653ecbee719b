using System.Security.Cryptography;
using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Models;

// A parameter is a field of its version's hash. What is large, compressed or to be gone lies in pieces that the field describes: they
// never change, and whoever replaces a field deletes the old ones. So a reader that finds a piece gone looks at the field again.
public sealed partial class ModelStore
{
    /// <summary>How often a reader looks again, where the pieces of a field were replaced while it read.</summary>
    const int MaxReads = 20;

    /// <summary>How often an addition is tried where others change the same parameter.</summary>
    const int MaxAdditions = 1000;

    /// <summary>
    /// KEYS: version. ARGV: an id of this change, and Unix milliseconds; how many fields go, those;
    /// how many fields must be as they were, and of each its name and
    /// value behind a '=', or nothing; then names and values of those that are set. Returns 0 where the version is gone, 1 where a field
    /// isn't as it was, else what nothing refers to any more: fields and what they were, where they describe pieces or may do so under a
    /// seal. What was done already, and whose reply was lost, isn't done again: a second addition would count twice, and a second
    /// replacement would take its own pieces for old ones. What it was found to be worth doesn't hold any more.
    /// </summary>
    const string ChangeVersion = """
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        local gone = {}
        local function note(field)
          local value = redis.call('HGET', KEYS[1], field)
          if value and string.byte(value, 1) == 0x93
            and (string.sub(value, 2, 8) == 'PIECES\n' or string.sub(value, 2, 4) == 'SL\1') then
            gone[#gone + 1] = field
            gone[#gone + 1] = value
          end
        end
        local changes = redis.call('HGET', KEYS[1], '@changes') or ''
        if string.find(changes, ARGV[1], 1, true) then return {} end
        local removed = 3 + tonumber(ARGV[3])
        local compared = removed + 1 + 2 * tonumber(ARGV[removed + 1])
        for i = removed + 2, compared, 2 do
          local value = redis.call('HGET', KEYS[1], ARGV[i])
          if (value and '=' .. value or '') ~= ARGV[i + 1] then return 1 end
        end
        local function drop(field)
          note(field)
          redis.call('HDEL', KEYS[1], field, '@expires:' .. field)
        end
        for i = 4, removed do drop(ARGV[i]) end
        for i = compared + 1, #ARGV, 2 do drop(ARGV[i]) end
        for i = compared + 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
        for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
          if string.sub(field, 1, 12) == '@evaluation:' then redis.call('HDEL', KEYS[1], field) end
          if string.sub(field, 1, 9) == '@expires:' and tonumber(redis.call('HGET', KEYS[1], field)) <= tonumber(ARGV[2]) then
            drop(string.sub(field, 10))
          end
        end
        redis.call('HSET', KEYS[1], '@changes', string.sub(ARGV[1] .. changes, 1, 512))
        return gone
        """;

    /// <summary>The values of parameters of a version, all as of one moment.</summary>
    /// <param name="names">Some of the model's parameters; null for all.</param>
    /// <returns>The parameters in the order asked for, without those that have been removed meanwhile.</returns>
    /// <exception cref="RedisMLException"><c>InvalidParameter</c>: what is stored isn't what was written.</exception>
    public async Task<IReadOnlyList<KeyValuePair<string, ParameterValue>>> ReadParametersAsync(
        Model model, IEnumerable<string>? names, CancellationToken cancellation)
    {
        var wanted = (names ?? model.Parameters).ToArray();
        if (wanted.Length == 0) return [];
        for (int attempt = 1; ; attempt++)
        {
            var fields = await ReadFieldsAsync(model, wanted, cancellation).ConfigureAwait(false);
            var parameters = new List<KeyValuePair<string, ParameterValue>>(wanted.Length);
            for (int i = 0; i < wanted.Length; i++)
            {
                // Its pieces may outlive it by a moment: they go by the server's clock.
                if (EnvelopeOf(model, wanted[i], fields[i]) is { } envelope && IsExpired(envelope)) fields[i] = RedisValue.Null;
                if (fields[i].IsNull) continue;
                if (await DecodeAsync(model, wanted[i], fields[i], cancellation).ConfigureAwait(false) is { } value)
                    parameters.Add(new(wanted[i], value));
                else if (attempt > 1 && EnvelopeOf(model, wanted[i], fields[i])?.Expires is not null) fields[i] = RedisValue.Null;
                else break;
            }
            if (parameters.Count == fields.Count(field => !field.IsNull)) return parameters;
            if (attempt == MaxReads) throw PieceMissing(model, string.Join(", ", wanted));
        }
    }

    /// <summary>A part of a tensor of a version. Of one in pieces no more is read than the pieces that have something of it, and where they
    /// aren't compressed only what lies between the first and the last element wanted of each.</summary>
    /// <exception cref="RedisMLException"><c>ParameterNotFound</c>; <c>InvalidSlice</c>: it isn't a tensor, or has no such part;
    /// <c>InvalidParameter</c>.</exception>
    public async Task<Tensor> ReadSliceAsync(Model model, string name, TensorSlice slice, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < MaxReads; attempt++)
        {
            var field = (await ReadFieldsAsync(model, [name], cancellation).ConfigureAwait(false))[0];
            if (field.IsNull) throw NotFound();
            if (EnvelopeOf(model, name, field) is not { } envelope)
                return slice.Of(Tensor(await DecodeAsync(model, name, field, cancellation).ConfigureAwait(false)));
            if (IsExpired(envelope)) throw NotFound();
            if (envelope.Type is null) throw NoTensor();
            if (await ReadSliceAsync(model, name, envelope, slice, cancellation).ConfigureAwait(false) is { } part) return part;
            if (attempt > 0 && envelope.Expires is not null) throw NotFound();
        }
        throw PieceMissing(model, name);

        Tensor Tensor(ParameterValue? value) => value as Tensor ?? throw NoTensor();

        RedisMLException NotFound() => NearestName.NotFound(
            "ParameterNotFound", $"parameter of model '{model.Name}' with the name", name, model.Parameters.Where(other => other != name));

        RedisMLException NoTensor() => new("InvalidSlice", ErrorKind.InvalidArgument,
            $"Parameter '{name}' of model '{model.Name}' is no array, and has no parts.", name);
    }

    /// <summary>Sets and removes parameters, all at once.</summary>
    /// <inheritdoc cref="ChangeParametersAsync(string, ParameterChange, CancellationToken)"/>
    public Task<Model> ChangeParametersAsync(string name, IEnumerable<KeyValuePair<string, ParameterValue>> set,
        IReadOnlyCollection<string> remove, CancellationToken cancellation) =>
        ChangeParametersAsync(name, new() { Set = [.. set], Remove = remove }, cancellation);

    /// <summary>Changes parameters, all at once.</summary>
    /// <remarks>
    /// A version set by hand is changed in place. A trained version stays as it is: a copy with the changes, marked as modified and
    /// open to further ones, becomes the current version. A model that doesn't exist is made, unless there is nothing to set.
    /// What is added to a parameter comes to what others add at the same time.
    /// </remarks>
    /// <returns>The current version, changed.</returns>
    /// <exception cref="RedisMLException">
    /// <c>ModelNotFound</c>, <c>ModelVersionConflict</c>, <c>InvalidParameterName</c>, <c>ParameterTooLarge</c>,
    /// <c>ParameterShapeMismatch</c>, <c>ParameterNotNumeric</c>, <c>InvalidParameterValue</c>, <c>ModelBusy</c>.
    /// </exception>
    public async Task<Model> ChangeParametersAsync(string name, ParameterChange change, CancellationToken cancellation)
    {
        var set = ModelField.Encode(change.Set, change.Storage);
        foreach (var (added, _) in change.Add) ModelField.CheckName(added);
        long version = await RetryAsync(name, () => TryChangeAsync(name, change, set, cancellation),
            change.Add.Count == 0 ? MaxAttempts : MaxAdditions).ConfigureAwait(false);
        return await GetAsync(name, version, cancellation).ConfigureAwait(false);
    }

    async Task<long?> TryChangeAsync(
        string name, ParameterChange change, IReadOnlyList<StoredParameter> set, CancellationToken cancellation)
    {
        long? current = (await HeadAsync(name, cancellation).ConfigureAwait(false))?.Version;
        if (change.IfVersion is { } wanted && wanted != (current ?? 0))
            throw new RedisMLException("ModelVersionConflict", ErrorKind.ResourceBusy, $"The current version of model '{name}' is " +
                $"{(current is null ? "none" : current)}, and not {wanted} as was demanded: somebody changed it.", name);
        if (current is not { } version)
        {
            if (set.Count + change.Add.Count == 0)
                throw NearestName.NotFound("ModelNotFound", "model", name, await ListAsync(cancellation).ConfigureAwait(false));
            return await TryPublishAsync(name, 0, [new(ModelField.Created, ModelField.Now())],
                [.. set, .. ModelField.Encode(change.Add, change.Storage)], cancellation).ConfigureAwait(false);
        }
        var key = Keys.ModelVersion(name, version);
        var marks = await Database.PatientlyAsync(d => d.HashGetAsync(key, [ModelField.Definition, ModelField.Modified]), cancellation)
            .ConfigureAwait(false);
        bool isSealed = !marks[0].IsNull && marks[1].IsNull;
        var model = new Model { Name = name, Version = version, Created = default, Parameters = [] };
        if (isSealed || change.IfVersion is not null)
            return await TryCopyAsync(model, change, set, marks[0].IsNull, cancellation).ConfigureAwait(false);

        var names = change.Add.Select(added => added.Key).ToArray();
        var there = await ReadStoredAsync(model, names, cancellation).ConfigureAwait(false);
        var open = Open(name, key, ToFields(names), there);
        if (await SumsAsync(model, change, open, cancellation).ConfigureAwait(false) is not { } sums) return null;
        var written = (StoredParameter[])[.. set, .. sums];
        var pieces = new ParameterPieces(connection, name, version);
        IReadOnlyList<ParameterEnvelope> own = [.. written.Select(parameter => parameter.Envelope).OfType<ParameterEnvelope>()];
        try
        {
            await pieces.WriteAsync(written, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await pieces.DeleteAsync(own, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        // Of a change that fails nobody knows whether it was made: its pieces stay until the version goes.
        var gone = await TryWriteAsync(name, key, written, change.Remove, names.Zip(there), CancellationToken.None).ConfigureAwait(false);
        await pieces.DeleteAsync(gone ?? own, CancellationToken.None).ConfigureAwait(false);
        return gone is null ? null : version;
    }

    /// <summary>Makes the changes in a copy of a version, which becomes the current one if that still is.</summary>
    async Task<long?> TryCopyAsync(Model model, ParameterChange change, IReadOnlyList<StoredParameter> set, bool isHandmade,
        CancellationToken cancellation)
    {
        var key = Keys.ModelVersion(model.Name, model.Version);
        var fields = await Database.PatientlyAsync(d => d.HashGetAllAsync(key), cancellation).ConfigureAwait(false);
        var there = fields.ToDictionary(
            field => (string)field.Name!, field => Open(model.Name, key, field.Name, field.Value), StringComparer.Ordinal);
        RedisValue[] added = [.. change.Add.Select(entry => there.GetValueOrDefault(entry.Key))];
        if (await SumsAsync(model, change, added, cancellation).ConfigureAwait(false) is not { } sums) return null;
        var written = (List<StoredParameter>)[.. set, .. sums];
        foreach (var name in written.Select(parameter => parameter.Name).Concat(change.Remove)) there.Remove(name);
        foreach (var name in there.Keys.ToList())
        {
            if (name == ModelField.Changes || name.StartsWith(ModelField.EvaluationPrefix, StringComparison.Ordinal)
                || name.StartsWith(ModelField.ExpiresPrefix, StringComparison.Ordinal)) there.Remove(name);
            if (name[0] == '@' || EnvelopeOf(model, name, there[name]) is not { } envelope) continue;
            there.Remove(name);
            if (IsExpired(envelope)) continue;
            if (await CopyAsync(model, name, envelope, cancellation).ConfigureAwait(false) is not { } copy) return null;
            written.Add(copy);
        }
        there[ModelField.Created!] = ModelField.Now();
        if (!isHandmade) there[ModelField.Modified!] = ModelField.Now();
        return await TryPublishAsync(model.Name, model.Version, there.Select(field => new HashEntry(field.Key, field.Value)), written,
            cancellation).ConfigureAwait(false);
    }

    /// <summary>A parameter in pieces to be written again under another version; null where a piece is gone.</summary>
    async Task<StoredParameter?> CopyAsync(Model model, string name, ParameterEnvelope envelope, CancellationToken cancellation)
    {
        var pieces = new ParameterPieces(connection, model.Name, model.Version);
        var bytes = await pieces.ReadAsync(envelope, cancellation).ConfigureAwait(false);
        return bytes is null ? null : StoredParameter.InPieces(name, bytes, envelope);
    }

    /// <summary>What the additions make of what is there; null where that was replaced meanwhile.</summary>
    /// <param name="there">The field of each parameter that is added to.</param>
    async Task<IReadOnlyList<StoredParameter>?> SumsAsync(
        Model model, ParameterChange change, IReadOnlyList<RedisValue> there, CancellationToken cancellation)
    {
        var sums = new List<StoredParameter>();
        foreach (var ((name, added), field) in change.Add.Zip(there))
        {
            var (value, storage) = (added, change.Storage);
            var envelope = field.IsNull ? null : EnvelopeOf(model, name, field);
            if (!field.IsNull && (envelope is null || !IsExpired(envelope)))
            {
                if (await DecodeAsync(model, name, field, cancellation).ConfigureAwait(false) is not { } old) return null;
                value = ParameterSum.Of(name, old, added);
                if (envelope is not null)
                {
                    storage = storage with
                    {
                        Compression = storage.Compression == ParameterCompression.None ? envelope.Compression : storage.Compression,
                        TimeToLive = storage.TimeToLive ?? (envelope.Expires is { } end
                            ? DateTimeOffset.FromUnixTimeMilliseconds(end) - DateTimeOffset.UtcNow : null),
                    };
                }
            }
            sums.AddRange(ModelField.Encode([new(name, value)], storage));
        }
        return sums;
    }

    /// <summary>Changes a version in place. Null where it is no longer there, as to write would make it again without its other fields, or
    /// where a field isn't as it was; else the pieces that nothing refers to any more.</summary>
    async Task<IReadOnlyList<ParameterEnvelope>?> TryWriteAsync(string model, RedisKey key, IReadOnlyList<StoredParameter> set,
        IReadOnlyCollection<string> remove, IEnumerable<(string Name, RedisValue Value)> compared, CancellationToken cancellation)
    {
        RedisValue[] before = [.. compared.SelectMany(field => new RedisValue[] { field.Name, Marked(field.Value) })];
        RedisValue[] arguments =
        [
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            remove.Count, .. remove.Select(name => (RedisValue)name),
            before.Length / 2, .. before,
            .. FieldsOf(set).SelectMany(field => new[] { field.Name, Close(model, key, field.Name, field.Value) }),
        ];
        var reply = await Database.PatientlyAsync(d => d.ScriptEvaluateAsync(ChangeVersion, [key], arguments), cancellation)
            .ConfigureAwait(false);
        return reply.Resp2Type != ResultType.Array ? null
            : [.. ((RedisValue[])reply!).Chunk(2).Select(pair => (ReadOnlyMemory<byte>)Open(model, key, pair[0], pair[1]))
                .Where(field => ParameterEnvelope.IsEnvelope(field.Span)).Select(field => ParameterEnvelope.Decode(field.Span))];

        static RedisValue Marked(RedisValue value) => value.IsNull ? "" : (byte[])[(byte)'=', .. (byte[])value!];
    }

    async Task<RedisValue[]> ReadFieldsAsync(Model model, IReadOnlyList<string> names, CancellationToken cancellation) =>
        Open(model.Name, Keys.ModelVersion(model.Name, model.Version), ToFields(names),
            await ReadStoredAsync(model, names, cancellation).ConfigureAwait(false));

    /// <summary>Fields as they lie there.</summary>
    Task<RedisValue[]> ReadStoredAsync(Model model, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        if (names.Count == 0) return Task.FromResult<RedisValue[]>([]);
        var fields = ToFields(names);
        return Database.PatientlyAsync(d => d.HashGetAsync(Keys.ModelVersion(model.Name, model.Version), fields), cancellation);
    }

    static RedisValue[] ToFields(IEnumerable<string> names) => [.. names.Select(name => (RedisValue)name)];

    /// <summary>The value that a field says; null where a piece of it is gone.</summary>
    async Task<ParameterValue?> DecodeAsync(Model model, string name, RedisValue field, CancellationToken cancellation)
    {
        if (EnvelopeOf(model, name, field) is not { } envelope)
            return Decoded(model, name, () => ParameterValue.Decode(((ReadOnlyMemory<byte>)field).Span));
        var bytes = await ReadAsync(model, name,
            new ParameterPieces(connection, model.Name, model.Version).ReadAsync(envelope, cancellation)).ConfigureAwait(false);
        return bytes is null ? null : Decoded(model, name, () => StoredParameter.Decode(envelope, bytes));
    }

    async Task<Tensor?> ReadSliceAsync(
        Model model, string name, ParameterEnvelope envelope, TensorSlice slice, CancellationToken cancellation)
    {
        int size = Numerics.ElementTypeInfo.Of(envelope.Type!.Value).Size;
        var (ranges, shape) = slice.Resolve(envelope.Shape);
        var part = TensorSlice.NewTensor(envelope.Type.Value, shape);
        var wanted = TensorSlice.Runs(envelope.Shape, ranges, size).Select(run => (run.Start + envelope.Header, run.End + envelope.Header));
        using var runs = wanted.GetEnumerator();
        if (!runs.MoveNext()) return part;
        var (start, end) = runs.Current;
        int to = 0;
        var pieces = new ParameterPieces(connection, model.Name, model.Version).ReadAsync(envelope, wanted, cancellation)
            .GetAsyncEnumerator(cancellation);
        await using (pieces.ConfigureAwait(false))
        {
            while (await ReadAsync(model, name, pieces.MoveNextAsync().AsTask()).ConfigureAwait(false))
            {
                if (pieces.Current.Bytes is not { } bytes) return null;
                long first = pieces.Current.Start, last = first + bytes.Length;
                while (start < last)
                {
                    int count = (int)(Math.Min(end, last) - start);
                    bytes.Span.Slice((int)(start - first), count).CopyTo(part.Bytes[to..]);
                    to += count;
                    start += count;
                    if (start < end) break;
                    if (!runs.MoveNext()) break;
                    (start, end) = runs.Current;
                }
            }
        }
        return envelope.Quantization is { } how ? how.Restore(part) : part;
    }

    static async Task<T> ReadAsync<T>(Model model, string name, Task<T> read)
    {
        try { return await read.ConfigureAwait(false); }
        catch (Exception e) when (e is InvalidDataException or ZstdSharp.ZstdException) { throw Invalid(model, name, e.Message, e); }
    }

    static ParameterEnvelope? EnvelopeOf(Model model, string name, RedisValue field)
    {
        var bytes = (ReadOnlyMemory<byte>)field;
        return ParameterEnvelope.IsEnvelope(bytes.Span) ? Decoded(model, name, () => ParameterEnvelope.Decode(bytes.Span)) : null;
    }

    static bool IsExpired(ParameterEnvelope envelope) => envelope.Expires <= DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    static T Decoded<T>(Model model, string name, Func<T> decode) => Decoding.Run(decode, (why, e) => Invalid(model, name, why, e));

    static RedisMLException Invalid(Model model, string name, string why, Exception? e) => new(
        (e as RedisMLException)?.ErrorId ?? "InvalidParameter", ErrorKind.InvalidData,
        $"Parameter '{name}' of model '{model.Name}', version {model.Version}: {why.TrimEnd('.')}.", name, e);

    static RedisMLException PieceMissing(Model model, string name) => Invalid(model, name, "a piece of it is gone", null);
}
