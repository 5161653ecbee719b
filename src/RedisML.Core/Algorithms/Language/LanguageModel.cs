using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using StackExchange.Redis;

namespace RedisML.Algorithms.Language;

/// <summary>A language model that learns while it is used. <c>docs/language-model.md</c> describes how it lies in Redis.</summary>
public sealed partial class LanguageModel
{
    /// <summary>The name that definitions have of it.</summary>
    public const string Algorithm = "KneserNey";

    LanguageModel(RedisMLConnection connection, string name, string id, LanguageModelOptions options) =>
        (Connection, Name, Id, Options, Keys) = (connection, name, id, options, connection.Keys.LiveModel(name));

    public string Name { get; }

    public LanguageModelOptions Options { get; }

    internal RedisMLConnection Connection { get; }

    internal LiveModelKeys Keys { get; }

    /// <summary>Of this making of the model: one that is removed and made again has another.</summary>
    internal string Id { get; }

    internal IDatabase Database => Connection.Database;

    /// <summary>A model that is there.</summary>
    /// <param name="model">Its name; it may say a version or an alias, which all have the same counts.</param>
    /// <exception cref="RedisMLException"><c>ModelNotFound</c>, <c>NotALanguageModel</c>, <c>InvalidLanguageModel</c>, and those of
    /// <see cref="ModelReference.Parse"/>.</exception>
    public static async Task<LanguageModel> OpenAsync(RedisMLConnection connection, string model, CancellationToken cancellation)
    {
        var reference = ModelReference.Parse(model);
        connection.Seals.DemandOff($"Language model '{reference.Name}'", reference.Name);
        var state = connection.Keys.LiveModel(reference.Name).State;
        var fields = await connection.Database.PatientlyAsync(d => d.HashGetAsync(state, s_options), cancellation).ConfigureAwait(false);
        // The definition says what else is wrong with it; where there is nothing, one look at Redis is enough.
        if (fields[0].IsNull || reference != new ModelReference(reference.Name))
        {
            var found = await new ModelStore(connection).GetAsync(reference, cancellation).ConfigureAwait(false);
            Demand(found);
            if (fields[0].IsNull) throw Invalid(found.Name, "its counts are gone");
        }
        return From(connection, reference.Name, fields);
    }

    /// <summary>A model, made where there is none.</summary>
    /// <param name="request">What it is made as, or must be.</param>
    /// <exception cref="RedisMLException"><c>InvalidLanguageModelOption</c>; <c>LanguageModelOptionMismatch</c>, <c>NotALanguageModel</c>:
    /// there is another.</exception>
    public static async Task<LanguageModel> OpenOrCreateAsync(
        RedisMLConnection connection, string name, LanguageModelRequest request, CancellationToken cancellation)
    {
        connection.Seals.DemandOff($"Language model '{name}'", name);
        var options = request.ForNew();
        options.Check();
        var models = new ModelStore(connection);
        while (true)
        {
            var there = await FindAsync(models, name, cancellation).ConfigureAwait(false);
            if (there is not null) Demand(there);
            var model = await CreateAsync(connection, models, name, options, cancellation).ConfigureAwait(false);
            request.Check(model);
            if (there is not null) return model;
            try
            {
                await PublishAsync(models, model, cancellation).ConfigureAwait(false);
                return model;
            }
            catch (RedisMLException e) when (e.ErrorId is "ModelNotFound" or "ModelVersionNotFound")
            {
                // It was published and removed, and whoever removed it didn't come to the counts.
                await models.RemoveLiveAsync(name, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The error where the model was removed while somebody worked with it.</summary>
    internal RedisMLException Removed() =>
        new("ModelNotFound", ErrorKind.ObjectNotFound, $"Model '{Name}' was removed meanwhile.", Name);

    /// <summary>The error where what lies in Redis is nothing that this module wrote.</summary>
    internal static RedisMLException Invalid(string name, string why) => new("InvalidLanguageModel", ErrorKind.InvalidData,
        $"Language model '{name}' can't be read: {why}. Remove the model and add its text again.", name);

    static readonly RedisValue[] s_options =
        [LanguageModelField.Id, LanguageModelField.Order, LanguageModelField.Tokenizer, LanguageModelField.MaximumContext];

    static async Task<Model?> FindAsync(ModelStore models, string name, CancellationToken cancellation)
    {
        try { return await models.GetAsync(new ModelReference(name), cancellation).ConfigureAwait(false); }
        catch (RedisMLException e) when (e.ErrorId == "ModelNotFound") { return null; }
    }

    static void Demand(Model model)
    {
        if (model.Algorithm != Algorithm)
            throw new RedisMLException("NotALanguageModel", ErrorKind.InvalidOperation, $"Model '{model.Name}' is no language model, but "
                + $"{(model.Algorithm is { } other ? $"one of {other}" : "parameters set by hand")}. Take another name: " +
                "Get-RedisModel shows the algorithm of each.", model.Name);
    }

    /// <summary>The state that there is, made where there is none.</summary>
    static async Task<LanguageModel> CreateAsync(
        RedisMLConnection connection, ModelStore models, string name, LanguageModelOptions options, CancellationToken cancellation)
    {
        var keys = connection.Keys.LiveModel(name);
        RedisValue[] fields =
        [
            LanguageModelField.Id, Guid.NewGuid().ToString("N"), LanguageModelField.Order, options.Order,
            LanguageModelField.Tokenizer, options.Tokenization.ToString(),
            .. options.MaximumContext is { } most ? [LanguageModelField.MaximumContext, most] : Array.Empty<RedisValue>(),
        ];
        while (true)
        {
            var reply = await connection.Database.PatientlyAsync(
                d => d.ScriptEvaluateAsync(LanguageScripts.Create, [keys.State, keys.Contexts], fields), cancellation)
                .ConfigureAwait(false);
            if (reply.Resp2Type == ResultType.Array) return From(connection, name, (RedisValue[])reply!);
            await models.SweepLiveAsync(name, cancellation).ConfigureAwait(false);
        }
    }

    static async Task PublishAsync(ModelStore models, LanguageModel model, CancellationToken cancellation)
    {
        var definition = new ModelDefinition
        {
            Algorithm = Algorithm,
            Task = ModelTask.NextToken,
            Options = JsonSerializer.SerializeToElement(model.Options.ToJson()),
            Lineage = new() { Dataset = "", DatasetVersion = 0, Run = model.Id, RowsUsed = 0, Trained = DateTimeOffset.UtcNow },
        };
        var published = await models.PublishOnceAsync(model.Name, definition, [], cancellation).ConfigureAwait(false);
        await models.DescribeAsync(published, $"Language model: {model.Options}", null, cancellation).ConfigureAwait(false);
    }

    static LanguageModel From(RedisMLConnection connection, string name, RedisValue[] fields)
    {
        var options = new LanguageModelOptions
        {
            Order = fields[1].TryParse(out int order) ? order : 0,
            Tokenization = Enum.TryParse<Tokenization>(fields[2], out var tokenization) ? tokenization : (Tokenization)(-1),
            MaximumContext = fields[3].IsNull ? null : fields[3].TryParse(out int most) ? most : 0,
        };
        try { options.Check(); }
        catch (RedisMLException e) { throw Invalid(name, e.Message); }
        return new(connection, name, $"{fields[0]}", options);
    }
}
