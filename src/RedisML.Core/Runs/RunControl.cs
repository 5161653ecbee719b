using System.Globalization;
using StackExchange.Redis;
using static RedisML.Errors.Decoding;

namespace RedisML.Runs;

/// <summary>The control hash of a run, as it was at one moment.</summary>
internal sealed record RunControl
{
    public required string Incarnation { get; init; }

    /// <summary>The generation; generations are compared only for equality.</summary>
    public required string Generation { get; init; }

    public required string Phase { get; init; }

    /// <summary>Counts how often the run went back to a checkpoint.</summary>
    public required long Lineage { get; init; }

    /// <summary>The last step that is decided.</summary>
    public required long Step { get; init; }

    /// <summary>Sorted: the order of shares.</summary>
    public required IReadOnlyList<string> Members { get; init; }

    /// <summary>The generation that decided <see cref="Step"/>; empty where none has since the start or the last checkpoint.</summary>
    public required string DecidedGeneration { get; init; }

    /// <summary>The members that decided <see cref="Step"/>.</summary>
    public required IReadOnlyList<string> DecidedMembers { get; init; }

    public string Checkpoint { get; init; } = "";

    public long CheckpointStep { get; init; }

    public string Snapshot { get; init; } = "";

    public long SnapshotStep { get; init; }

    /// <summary>The generation in which the snapshot was made.</summary>
    public string SnapshotGeneration { get; init; } = "";

    /// <summary>Why the last change happened.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Of a run that is done: its result, JSON.</summary>
    public string Result { get; init; } = "";

    /// <summary>Of a failed run: the id of the error.</summary>
    public string ErrorId { get; init; } = "";

    /// <summary>Why the run is to stop; empty where it isn't.</summary>
    public string Stop { get; init; } = "";

    /// <summary>Whether enough nodes were there once.</summary>
    public bool Started { get; init; }

    /// <summary>The version of the model that was published; 0 before.</summary>
    public long Published { get; init; }

    public bool HasEnded => RunPhase.IsEnd(Phase);

    /// <exception cref="FormatException">It isn't what a run writes. So are <see cref="OverflowException"/> and
    /// <see cref="InvalidDataException"/>.</exception>
    public static RunControl? Parse(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var fields = pairs.DistinctBy(pair => pair.Key).ToDictionary(StringComparer.Ordinal);
        if (!fields.ContainsKey("inc")) return null;
        string generation = Text("gen"), decided = Text("dgen");
        var members = List("members");
        Demand(generation.Split('.') is [var count, _] && long.TryParse(count, out long generations)
            && generations is >= 0 and < long.MaxValue, $"its generation is '{generation}'");
        return new()
        {
            Incarnation = Text("inc"),
            Generation = generation,
            Phase = Text("phase"),
            Lineage = Number("lin"),
            Step = Number("step"),
            Members = members,
            DecidedGeneration = decided,
            DecidedMembers = decided == generation ? members : List("dmembers"),
            Checkpoint = Text("ckpt"),
            CheckpointStep = Number("ckstep"),
            Snapshot = Text("snap"),
            SnapshotStep = Number("snapstep"),
            SnapshotGeneration = Text("snapgen"),
            Reason = Text("reason"),
            Result = Text("result"),
            ErrorId = Text("error"),
            Stop = Text("stop"),
            Started = Text("started") == "1",
            Published = Number("published"),
        };

        string Text(string name) => fields.GetValueOrDefault(name, "");

        long Number(string name) => Text(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

        string[] List(string name) => Text(name).Split(',', StringSplitOptions.RemoveEmptyEntries);
    }

    public static IEnumerable<KeyValuePair<string, string>> Pairs(RedisResult flat)
    {
        var items = (RedisResult[])flat!;
        for (int i = 0; i + 1 < items.Length; i += 2) yield return new((string?)items[i] ?? "", (string?)items[i + 1] ?? "");
    }
}
