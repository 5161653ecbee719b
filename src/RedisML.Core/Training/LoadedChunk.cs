using RedisML.Features;

namespace RedisML.Training;

/// <summary>What the first pass makes of a chunk: its rows, not yet encoded, and the statistics that fit the encoding.</summary>
internal sealed record LoadedChunk
{
    /// <summary>Numbers are raw; categories, and the labels of a classification, are codes into the chunk's levels.</summary>
    public required TrainingChunk Rows { get; init; }

    /// <summary>The moments of each numeric feature.</summary>
    public required ColumnMoments[] Moments { get; init; }

    /// <summary>The levels that codes stand for, for each category.</summary>
    public required ChunkLevels[] Levels { get; init; }

    /// <summary>The moments of the label, for regression.</summary>
    public ColumnMoments LabelMoments { get; init; }

    /// <summary>The classes that the label's codes stand for, for classification.</summary>
    public ChunkLevels LabelLevels { get; init; }

    /// <summary>Rows left out because a value was missing.</summary>
    public required int Dropped { get; init; }

    /// <summary>Rows left out because their weight is 0; what is missing in them doesn't count.</summary>
    public required int Weightless { get; init; }

    /// <summary>Rows in which the label is missing.</summary>
    public required int LabelMissing { get; init; }

    /// <summary>Rows in which the weight is missing.</summary>
    public required int WeightMissing { get; init; }

    /// <summary>For each feature, the rows in which it is missing.</summary>
    public required int[] FeatureMissing { get; init; }
}
