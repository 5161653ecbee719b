using System.ComponentModel;
using RedisML.Features;

namespace RedisML.Prediction;

/// <summary>What the prediction of a dataset did.</summary>
public sealed record DatasetPredictionResult
{
    public required string Model { get; init; }

    public required long ModelVersion { get; init; }

    public required string Dataset { get; init; }

    /// <summary>The dataset with the predictions.</summary>
    public required string OutputDataset { get; init; }

    /// <summary>The version that it now has.</summary>
    public required long Version { get; init; }

    public required long Rows { get; init; }

    /// <summary>Rows whose prediction is missing, because a value is.</summary>
    public long RowsWithoutPrediction { get; init; }

    /// <summary>Values that are categories which training didn't see.</summary>
    public long UnseenValues { get; init; }

    /// <summary>Some of them, by column and level.</summary>
    public IReadOnlyList<UnseenLevel> UnseenLevels { get; init; } = [];

    [Browsable(false)]
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The seconds that it took.</summary>
    public double ElapsedSeconds => Elapsed.TotalSeconds;

    public double RowsPerSecond => Rows / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>Whether the output was there already, of the same model, rows and options, so that there was nothing to do.</summary>
    public bool Unchanged { get; init; }
}
