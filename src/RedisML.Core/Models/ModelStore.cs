using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Models;

/// <summary>The models on a server: <c>docs/storage-format.md</c> describes how they lie there.</summary>
public sealed partial class ModelStore(RedisMLConnection connection)
{
    IDatabase Database => connection.Database;

    KeySpace Keys => connection.Keys;

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
    public Task<Model> GetAsync(string name, long? version, CancellationToken cancellation) => GetAsync(new ModelReference(name, version), cancellation);

    /// <summary>A version of a model, the current one unless told otherwise.</summary>
    /// <exception cref="RedisMLException"><c>ModelNotFound</c>, <c>ModelVersionNotFound</c>.</exception>
    public async Task<Model> GetAsync(ModelReference reference, CancellationToken cancellation)
    {
        string name = reference.Name;
        long current = await CurrentVersionAsync(name, cancellation).ConfigureAwait(false)
            ?? throw NearestName.NotFound("ModelNotFound", "model", name, await ListAsync(cancellation).ConfigureAwait(false));
        long wanted = reference.Version ?? current;
        return await FindVersionAsync(name, wanted, cancellation).ConfigureAwait(false)
            ?? throw new RedisMLException("ModelVersionNotFound", ErrorKind.ObjectNotFound,
                $"Model '{name}' has no version {wanted}; the current one is {current}.", name);
    }

    /// <summary>The values of parameters of a version, all as of one moment.</summary>
    /// <param name="names">Some of the model's parameters; null for all.</param>
    /// <returns>The parameters in the order asked for, without those that have been removed meanwhile.</returns>
    public async Task<IReadOnlyList<KeyValuePair<string, ParameterValue>>> ReadParametersAsync(
        Model model, IEnumerable<string>? names, CancellationToken cancellation)
    {
        var wanted = (names ?? model.Parameters).ToArray();
        if (wanted.Length == 0) return [];
        var fields = Array.ConvertAll(wanted, n => (RedisValue)n);
        var values = await Database.PatientlyAsync(d => d.HashGetAsync(Keys.ModelVersion(model.Name, model.Version), fields), cancellation).ConfigureAwait(false);
        var parameters = new List<KeyValuePair<string, ParameterValue>>(wanted.Length);
        for (int i = 0; i < wanted.Length; i++)
            if (!values[i].IsNull)
                parameters.Add(new(wanted[i], Decode(model, wanted[i], values[i])));
        return parameters;
    }

    static ParameterValue Decode(Model model, string name, RedisValue value)
    {
        var bytes = (ReadOnlyMemory<byte>)value;
        return Decoding.Run(() => ParameterValue.Decode(bytes.Span), (why, e) => new((e as RedisMLException)?.ErrorId ?? "InvalidParameter", ErrorKind.InvalidData,
            $"Parameter '{name}' of model '{model.Name}', version {model.Version}: {why}.", name, e));
    }

    /// <summary>Null where there is no such model.</summary>
    async Task<long?> CurrentVersionAsync(string name, CancellationToken cancellation)
    {
        var head = await Database.PatientlyAsync(d => d.HashGetAsync(Keys.Model(name), [ModelField.Version, ModelField.Format]), cancellation).ConfigureAwait(false);
        if (head[0].IsNull) return null;
        if (head[1] != ModelField.FormatVersion && head[1] != ModelField.FirstFormatVersion)
            throw new RedisMLException("UnsupportedModelFormat", ErrorKind.InvalidData, $"Model '{name}' is stored in format {head[1]}; " +
                $"this RedisML reads format {ModelField.FormatVersion}. Update the module.", name);
        return head[0].TryParse(out long version) && version > 0 ? version : throw new RedisMLException("InvalidModelDefinition", ErrorKind.InvalidData,
            $"The head of model '{name}' can't be read: its version is '{head[0]}'. Remove the model.", $"{Keys.Model(name)}");
    }

    async Task<Model?> FindVersionAsync(string name, long version, CancellationToken cancellation)
    {
        var key = Keys.ModelVersion(name, version);
        var fieldsReply = Database.PatientlyAsync(d => d.HashKeysAsync(key), cancellation);
        var metaReply = Database.PatientlyAsync(d => d.HashGetAsync(key, [ModelField.Created, ModelField.Definition, ModelField.Modified]), cancellation);
        await Task.WhenAll(fieldsReply, metaReply).ConfigureAwait(false);
        var fields = await fieldsReply.ConfigureAwait(false);
        var meta = await metaReply.ConfigureAwait(false);
        return fields.Length == 0 ? null : new()
        {
            Name = name,
            Version = version,
            Created = ModelField.ToTime(meta[0]),
            Definition = meta[1].IsNull ? null : ModelJson.Read(((ReadOnlyMemory<byte>)meta[1]).Span, name),
            Modified = !meta[2].IsNull,
            Parameters = [.. fields.Where(ModelField.IsParameter).Select(f => (string)f!).Order(StringComparer.Ordinal)],
        };
    }
}
