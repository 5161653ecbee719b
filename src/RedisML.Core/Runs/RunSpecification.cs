using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisML.Datasets;
using RedisML.Training;

namespace RedisML.Runs;

/// <summary>How many nodes a run has, and how long it waits for them.</summary>
public sealed record NodeOptions
{
    /// <summary>The run starts when so many nodes are there.</summary>
    public int NodeCount { get; init; } = 1;

    /// <summary>With fewer the run pauses.</summary>
    public int MinNode { get; init; } = 1;

    /// <summary>More aren't let in. 0: none but those that it starts with, or all where it starts with several.</summary>
    public int MaxNode { get; init; }

    /// <summary>How long the run waits for nodes that it lacks, and a node to be let in; seconds.</summary>
    public double JoinTimeout { get; init; } = 300;

    /// <summary>After how long without a sign of life a node is taken for dead; seconds.</summary>
    public double NodeTimeout { get; init; } = 10;

    /// <summary>How long a node keeps trying to reach Redis; seconds.</summary>
    public double OutageTimeout { get; init; } = 120;

    /// <summary>A checkpoint is made this often; seconds.</summary>
    public double CheckpointInterval { get; init; } = 30;

    /// <summary>And after so many steps; 0: by time alone.</summary>
    public int CheckpointStep { get; init; }

    /// <summary>How many checkpoints are kept.</summary>
    public int KeepCheckpoint { get; init; } = 2;

    /// <summary>The most nodes that may take part at once.</summary>
    [JsonIgnore]
    public int Limit => MaxNode > 0 ? MaxNode : NodeCount == 1 ? 1 : int.MaxValue;
}

/// <summary>What a run trains and how. Never changed, and the same for each node.</summary>
internal sealed record RunSpecification
{
    public const int CurrentProtocol = 1;

    /// <summary>The version of this module.</summary>
    public static readonly string CurrentModule = typeof(RunSpecification).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    public required string Id { get; init; }

    public int Protocol { get; init; } = CurrentProtocol;

    /// <summary>Nodes of another version would add up, or decide, otherwise.</summary>
    public string Module { get; init; } = CurrentModule;

    public required string Model { get; init; }

    public required string Dataset { get; init; }

    public required long DatasetVersion { get; init; }

    /// <summary>Tells the dataset from another of the same name and version.</summary>
    public required string DatasetIdentity { get; init; }

    /// <summary>The dataset by whose loss training stops early; null for none.</summary>
    public string? Validation { get; init; }

    public long ValidationVersion { get; init; }

    public string? ValidationIdentity { get; init; }

    public required TrainingSpecification Training { get; init; }

    public required NodeOptions Nodes { get; init; }

    public required DateTimeOffset Started { get; init; }

    public static string IdentityOf(Dataset dataset) => $"{dataset.Version} of {dataset.Created:O}, {dataset.Rows} rows, {dataset.Fingerprint}";

    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    public static RunSpecification FromJson(string json) => JsonSerializer.Deserialize<RunSpecification>(json, s_json)!;

    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };
}
