using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Models;

/// <summary>The models on a server: <c>docs/storage-format.md</c> describes how they lie there.</summary>
public sealed partial class ModelStore(RedisMLConnection connection)
{
    internal RedisMLConnection Connection => connection;

    IDatabase Database => connection.Database;

    KeySpace Keys => connection.Keys;

    /// <summary>The value of a field of a version as it is to lie there.</summary>
    RedisValue Close(string name, RedisKey key, RedisValue field, RedisValue value) =>
        ModelField.IsSealed(field) ? connection.Seals.Model(name).Close(key, value, field) : value;

    /// <summary>The value of a field of a version.</summary>
    RedisValue Open(string name, RedisKey key, RedisValue field, RedisValue value) =>
        ModelField.IsSealed(field) ? connection.Seals.Model(name).Open(key, value, field) : value;

    RedisValue[] Open(string name, RedisKey key, IReadOnlyList<RedisValue> fields, RedisValue[] values) =>
        [.. values.Select((value, i) => Open(name, key, fields[i], value))];

    /// <summary>The names of all models, ordinal.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation)
    {
        var members = await Database.PatientlyAsync(d => d.SetMembersAsync(Keys.Models), cancellation).ConfigureAwait(false);
        var names = members.Select(m => (string)m!).Where(KeySpace.IsValidName).Order(StringComparer.Ordinal).ToArray();
        // The set is only a hint: a model is there when its head has a current version.
        var versions = await Database.PatientlyAsync(
            d => Task.WhenAll(names.Select(n => d.HashExistsAsync(Keys.Model(n), ModelField.Version))), cancellation).ConfigureAwait(false);
        return [.. names.Where((_, i) => versions[i])];
    }

    /// <inheritdoc cref="GetAsync(ModelReference, CancellationToken)"/>
    public Task<Model> GetAsync(string name, long? version, CancellationToken cancellation) =>
        GetAsync(new ModelReference(name, version), cancellation);

    /// <summary>A version of a model, the current one unless told otherwise.</summary>
    /// <exception cref="RedisMLException"><c>ModelNotFound</c>, <c>ModelVersionNotFound</c>.</exception>
    public async Task<Model> GetAsync(ModelReference reference, CancellationToken cancellation)
    {
        string name = reference.Name;
        if (await FindAsync(reference, cancellation).ConfigureAwait(false) is { } found) return found;
        // Removed between the look at the head and that at the version: what the head says now counts.
        if (await FindAsync(reference, cancellation).ConfigureAwait(false) is { } again) return again;
        var versions = await VersionsAsync(name, cancellation).ConfigureAwait(false);
        throw NearestName.VersionNotFound("ModelVersionNotFound", $"Model '{name}'", name, reference.Version,
            versions.Select(model => model.Version));
    }

    /// <summary>All versions of a model, the oldest first.</summary>
    /// <exception cref="RedisMLException"><c>ModelNotFound</c>.</exception>
    public async Task<IReadOnlyList<Model>> VersionsAsync(string name, CancellationToken cancellation)
    {
        var head = await HeadOrThrowAsync(name, cancellation).ConfigureAwait(false);
        var numbers = await VersionNumbersAsync(name, cancellation).ConfigureAwait(false);
        var found = await Task.WhenAll(numbers.Select(number => FindVersionAsync(name, number, head, cancellation))).ConfigureAwait(false);
        return [.. found.OfType<Model>()];
    }

    async Task<Model?> FindAsync(ModelReference reference, CancellationToken cancellation)
    {
        var head = await HeadOrThrowAsync(reference.Name, cancellation).ConfigureAwait(false);
        long version = reference.Alias is { } alias
            ? head.Aliases.TryGetValue(alias, out long named) ? named
                : throw NearestName.NotFound("ModelAliasNotFound", $"alias of model '{reference.Name}' called", alias, head.Aliases.Keys)
            : reference.Version ?? head.Version;
        return await FindVersionAsync(reference.Name, version, head, cancellation).ConfigureAwait(false);
    }

    async Task<ModelHead> HeadOrThrowAsync(string name, CancellationToken cancellation) =>
        await HeadAsync(name, cancellation).ConfigureAwait(false)
        ?? throw NearestName.NotFound("ModelNotFound", "model", name, await ListAsync(cancellation).ConfigureAwait(false));

    /// <summary>Null where there is no such model.</summary>
    async Task<ModelHead?> HeadAsync(string name, CancellationToken cancellation)
    {
        RedisKey key = Keys.Model(name);
        var head = await Database.PatientlyAsync(
            d => d.HashGetAsync(key, [ModelField.Version, ModelField.Format, ModelField.Aliases]), cancellation).ConfigureAwait(false);
        if (head[0].IsNull) return null;
        if (head[1] != ModelField.FormatVersion && head[1] != ModelField.FirstFormatVersion)
            throw new RedisMLException("UnsupportedModelFormat", ErrorKind.InvalidData, $"Model '{name}' is stored in format {head[1]}; " +
                $"this RedisML reads format {ModelField.FormatVersion}. Update the module.", name);
        if (!head[0].TryParse(out long current) || current <= 0)
        {
            throw new RedisMLException("InvalidModelDefinition", ErrorKind.InvalidData,
                $"The head of model '{name}' can't be read: its version is '{head[0]}'. Remove the model.", $"{Keys.Model(name)}");
        }
        string[] aliases = ((string?)head[2])?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var named = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (aliases.Length > 0)
        {
            var versions = await Database.PatientlyAsync(
                d => d.HashGetAsync(key, [.. aliases.Select(alias => (RedisValue)(ModelField.AliasPrefix + alias))]), cancellation)
                    .ConfigureAwait(false);
            for (int i = 0; i < aliases.Length; i++)
                if (versions[i].TryParse(out long version) && version > 0) named[aliases[i]] = version;
        }
        return new(current, named);
    }

    /// <summary>The numbers of the versions that are there, ascending.</summary>
    async Task<IReadOnlyList<long>> VersionNumbersAsync(string name, CancellationToken cancellation)
    {
        const int Together = 1000;
        var text = await Database.PatientlyAsync(d => d.HashGetAsync(Keys.Model(name), ModelField.Last), cancellation)
            .ConfigureAwait(false);
        long last = text.TryParse(out long number) ? Math.Min(number, BelievedVersions) : 0;
        var found = new List<long>();
        for (long first = 1; first <= last; first += Together)
        {
            long start = first;
            int count = (int)Math.Min(Together, last - first + 1);
            var there = await Database.PatientlyAsync(
                d => Task.WhenAll(Enumerable.Range(0, count).Select(i => d.KeyExistsAsync(Keys.ModelVersion(name, start + i)))),
                cancellation).ConfigureAwait(false);
            for (int i = 0; i < count; i++)
                if (there[i]) found.Add(start + i);
        }
        return found;
    }

    async Task<Model?> FindVersionAsync(string name, long version, ModelHead head, CancellationToken cancellation)
    {
        var key = Keys.ModelVersion(name, version);
        var fields = await Database.PatientlyAsync(d => d.HashKeysAsync(key), cancellation).ConfigureAwait(false);
        RedisValue[] wanted =
        [
            ModelField.Created, ModelField.Definition, ModelField.Modified, ModelField.Description, ModelField.Tags,
            .. fields.Where(field => field.StartsWith(ModelField.EvaluationPrefix)),
            .. fields.Where(field => field.StartsWith(ModelField.ExpiresPrefix)),
        ];
        var meta = fields.Length == 0 ? []
            : Open(name, key, wanted, await Database.PatientlyAsync(d => d.HashGetAsync(key, wanted), cancellation).ConfigureAwait(false));
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var expired = wanted.Zip(meta).Where(field => field.First.StartsWith(ModelField.ExpiresPrefix)
            && field.Second.TryParse(out long end) && end <= now)
            .Select(field => ((string)field.First!)[ModelField.ExpiresPrefix.Length..]);
        return fields.Length == 0 || meta[0].IsNull ? null : new()
        {
            Name = name,
            Version = version,
            Created = ModelField.ToTime(meta[0]),
            Definition = meta[1].IsNull ? null : ModelJson.Read(((ReadOnlyMemory<byte>)meta[1]).Span, name),
            Modified = !meta[2].IsNull,
            // Lists, and none of the compiler's making, which PowerShell can't index.
            Parameters = fields.Where(ModelField.IsParameter).Select(f => (string)f!).Except(expired).Order(StringComparer.Ordinal)
                .ToList(),
            Aliases = head.Aliases.Where(alias => alias.Value == version).Select(alias => alias.Key).ToList(),
            Description = (string?)meta[3],
            Tags = ModelJson.TryRead(meta[4], ModelJson.Default.DictionaryStringString) ?? [],
            Evaluations =
                meta.Skip(5).Select(json => ModelJson.TryRead(json, ModelJson.Default.ModelEvaluation)).OfType<ModelEvaluation>()
                .OrderBy(evaluation => evaluation.Dataset, StringComparer.Ordinal).ToList(),
        };
    }

    /// <summary>What the head of a model says to readers.</summary>
    /// <param name="Version">The current version.</param>
    /// <param name="Aliases">The version that each names.</param>
    sealed record ModelHead(long Version, IReadOnlyDictionary<string, long> Aliases);
}
