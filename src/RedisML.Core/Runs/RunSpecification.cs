using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;
using static RedisML.Errors.Decoding;

namespace RedisML.Runs;

/// <summary>What a run does, on which rows and how many nodes. Never changed, and the same for each node.</summary>
internal sealed record RunSpecification
{
    public const int CurrentProtocol = 3;

    /// <summary>The version of this module.</summary>
    public static readonly string CurrentModule =
        typeof(RunSpecification).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    public required string Id { get; init; }

    public int Protocol { get; init; } = CurrentProtocol;

    /// <summary>Nodes of another version would add up, or decide, otherwise.</summary>
    public string Module { get; init; } = CurrentModule;

    /// <summary>What kind of program it runs, such as <c>training</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The datasets that it reads, in the order that its kind knows; each is pinned while the run is at work.</summary>
    public required IReadOnlyList<DatasetReference> Datasets { get; init; }

    /// <summary>What the program is to do: its kind's own JSON.</summary>
    public required JsonElement Work { get; init; }

    public required NodeOptions Nodes { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Tells what it reads from anything else of the same name.</summary>
    [JsonIgnore]
    public string DatasetIdentity => string.Join("; ", Datasets.Select(dataset => dataset.Identity));

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The specification of run <paramref name="id"/>, which holds what a run needs.</summary>
    /// <exception cref="InvalidDataException">It doesn't. The parser throws others.</exception>
    public static RunSpecification FromJson(string id, string json)
    {
        var run = JsonSerializer.Deserialize<RunSpecification>(json, Json);
        Demand(run?.Id == id, "it is of another run");
        Demand(run is { Kind: not null, Module: not null, Datasets.Count: > 0, Nodes: not null }, "it lacks parts");
        Demand(run.Datasets.All(d => d is { Name: not null, Identity: not null } && KeySpace.IsValidName(d.Name)), "it names no datasets");
        run.Nodes.Check();
        return run;
    }

    /// <summary>Runs a decoder of what lies under one of a run's keys.</summary>
    /// <exception cref="RedisMLException"><c>RunCorrupt</c></exception>
    public static T Decode<T>(string id, RedisKey key, Func<T> decode) =>
        Run(decode, (why, e) => e is RedisMLException typed ? typed : new("RunCorrupt", ErrorKind.InvalidData,
        $"Training run '{id}' can't be read at '{key}': {why}. Remove the run (Remove-RedisDistributedTraining), and start it again.",
        $"{key}", e));

    /// <summary>What a kind has to say, as it is kept in <see cref="Work"/>.</summary>
    public static JsonElement ToWork<T>(T work) => JsonSerializer.SerializeToElement(work, Json);

    /// <exception cref="RedisMLException"><c>RunKindMismatch</c>: it is a run of another kind.</exception>
    public T WorkOf<T>(string kind) => Kind == kind ? Work.Deserialize<T>(Json) ?? throw new InvalidDataException(
        "it says nothing of its work") : throw new RedisMLException("RunKindMismatch", ErrorKind.InvalidOperation,
        $"Run '{Id}' is a {Kind} and no {kind}.", Id);

    public RedisMLException Refused(string why) =>
        new("NodeRefused", ErrorKind.InvalidOperation, $"This process can't take part in run '{Id}': {why}.", Id);

    /// <exception cref="RedisMLException"><c>NodeRefused</c>: it was started by another version of the module.</exception>
    public void CheckVersion()
    {
        if (Module != CurrentModule || Protocol != CurrentProtocol)
            throw Refused($"it runs RedisML {Module} (protocol {Protocol}) and this is {CurrentModule} (protocol {CurrentProtocol})");
    }

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };
}
