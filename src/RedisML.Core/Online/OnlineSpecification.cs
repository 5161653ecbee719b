using System.Text.Json;
using System.Text.Json.Serialization;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using static RedisML.Errors.Decoding;

namespace RedisML.Online;

/// <summary>What an online training learns, from what, and how: kept with its state and never changed.</summary>
public sealed record OnlineSpecification
{
    /// <summary>Tells trainings apart; the lineage of the versions that it publishes names it.</summary>
    public required string Id { get; init; }

    /// <summary>Of the linear family: Linear, Logistic, Softmax or Poisson.</summary>
    public required string Algorithm { get; init; }

    public required SampleSourceKind SourceKind { get; init; }

    /// <summary>The name of the list or stream.</summary>
    public required string Source { get; init; }

    /// <summary>The name of the stream in which labels come later; null where a sample has its own.</summary>
    public string? LabelStream { get; init; }

    /// <summary>The column by which a label finds its sample.</summary>
    public string? Key { get; init; }

    /// <summary>How long a sample waits for its label, in milliseconds between their entries.</summary>
    public long WindowMilliseconds { get; init; }

    /// <summary>The columns to predict from, in the order of encoding.</summary>
    public required IReadOnlyList<SampleColumn> Columns { get; init; }

    /// <summary>The column to predict: a category where classes are.</summary>
    public required SampleColumn Label { get; init; }

    /// <summary>Of two classes, the one that counts as positive; null: the last in order.</summary>
    public string? PositiveClass { get; init; }

    public MissingPolicy Missing { get; init; } = MissingPolicy.Mean;

    /// <summary>α of FTRL-proximal: how far a weight moves at first.</summary>
    public required double LearningRate { get; init; }

    /// <summary>β of FTRL-proximal: how much gradient it takes until the rate falls.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>The penalty <c>L1·Σ|w|</c> beside the sum of losses.</summary>
    public double L1 { get; init; }

    /// <summary>The penalty <c>½·L2·‖w‖²</c> beside the sum of losses.</summary>
    public double L2 { get; init; }

    /// <summary>Into how many bits hashed columns are hashed.</summary>
    public int HashBits { get; init; }

    /// <summary>How many samples make a point of the metrics.</summary>
    public int MetricInterval { get; init; } = 1000;

    /// <summary>λ of Page and Hinkley's test: how much the error has to grow in all.</summary>
    public double DriftThreshold { get; init; } = 50;

    /// <summary>δ of Page and Hinkley's test: how much growth of a sample's error counts for nothing.</summary>
    public double DriftTolerance { get; init; } = 0.005;

    [JsonIgnore]
    public bool HasClasses => Label.Kind == SampleColumnKind.Category;

    [JsonIgnore]
    public ModelTask Task => Algorithm switch
    {
        "Logistic" => ModelTask.Binary,
        "Softmax" => ModelTask.Classes,
        "Poisson" => ModelTask.Counts,
        _ => ModelTask.Regression,
    };

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, OnlineJson.Default.OnlineSpecification);

    /// <exception cref="InvalidDataException">What lies there isn't one that a start could have written.</exception>
    internal static OnlineSpecification FromJson(ReadOnlySpan<byte> json)
    {
        var read = JsonSerializer.Deserialize(json, OnlineJson.Default.OnlineSpecification);
        Demand(read is { Id.Length: > 0, Source.Length: > 0, Columns: not null, Label: { Name: not null } }, "it lacks parts");
        Demand(OnlineAlgorithms.Names.Contains(read.Algorithm), $"there is no algorithm '{read.Algorithm}'");
        Demand(read.Columns.All(c => c?.Name is not null && Enum.IsDefined(c.Kind)) && Enum.IsDefined(read.SourceKind)
            && Enum.IsDefined(read.Missing) && read.Columns.Count <= OnlineLimits.Columns, "its columns can't be");
        Demand(read.HasClasses == read.Task.IsClassification(), "its label isn't of its algorithm");
        Demand(read.HashBits is >= 0 and <= HashedFeature.MaxBits && read.MetricInterval > 0, "a number is out of its range");
        read.CheckRange();
        return read;
    }

    /// <exception cref="RedisMLException"><c>ValueOutOfRange</c>.</exception>
    internal void CheckRange()
    {
        Check(nameof(LearningRate), LearningRate, LearningRate > 0);
        Check(nameof(Beta), Beta, Beta >= 0);
        Check(nameof(L1), L1, L1 >= 0);
        Check(nameof(L2), L2, L2 >= 0);
        Check(nameof(DriftThreshold), DriftThreshold, DriftThreshold > 0);
        Check(nameof(DriftTolerance), DriftTolerance, DriftTolerance >= 0);

        static void Check(string name, double value, bool holds)
        {
            if (!holds || !double.IsFinite(value))
                throw new RedisMLException("ValueOutOfRange", ErrorKind.InvalidArgument, $"{name} can't be {value}.", value);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(OnlineSpecification))]
[JsonSerializable(typeof(OnlineFigures))]
[JsonSerializable(typeof(TrainerStatus))]
sealed partial class OnlineJson : JsonSerializerContext;
