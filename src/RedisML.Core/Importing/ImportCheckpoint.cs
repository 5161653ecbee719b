using System.Text.Json;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Formats;
using static RedisML.Errors.Decoding;

namespace RedisML.Importing;

/// <summary>Where an import could go on: lies in its journal.</summary>
/// <param name="Source">The name of the source.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Options">A hash of what decides how its rows come out.</param>
/// <param name="BaseVersion">The version of the dataset that the import started from; 0 for none.</param>
/// <param name="Columns">The columns, with the types as widened so far.</param>
/// <param name="Parts">How many parts have been committed.</param>
/// <param name="Hash">The chained hash of those parts.</param>
/// <param name="File">The file that the last of them came from.</param>
/// <param name="Line">The line of that file at which the next part starts.</param>
/// <param name="Rejected">How many rows have been rejected so far.</param>
/// <param name="RejectBytes">The length in bytes that the reject file had then.</param>
sealed record ImportCheckpoint(
    string Source, long? Length, string Options, long BaseVersion, IReadOnlyList<SourceColumn> Columns,
    int Parts, string Hash, string File, long Line, long Rejected, long RejectBytes, WriterState Writer)
{
    /// <summary>Values noted so far.</summary>
    public IReadOnlyList<NoteTally> Notes { get; init; } = [];

    /// <summary>Values that are there so far, one number a column; null in checkpoints of earlier versions.</summary>
    public IReadOnlyList<long>? Values { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Dataset.Json);

    /// <summary>A checkpoint as it lies in the journal of a broken import into <paramref name="dataset"/>.</summary>
    /// <exception cref="RedisMLException"><c>DatasetCorrupt</c></exception>
    public static ImportCheckpoint Read(string dataset, string journal, string json) =>
        StoredRecord.Decode("The checkpoint", dataset, journal, () =>
    {
        var checkpoint = JsonSerializer.Deserialize<ImportCheckpoint>(json, Dataset.Json);
        Demand(checkpoint is { Source: not null, Options: not null, Hash: not null, File: not null, Writer: not null, Columns.Count: > 0 },
            "it lacks parts");
        Demand(checkpoint.Columns.All(c => c?.Name is not null), "it lacks columns");
        Demand(checkpoint is { Parts: >= 0, Line: >= 0, Rejected: >= 0, RejectBytes: >= 0 }, "it counts less than nothing");
        return checkpoint;
    });

    /// <summary>Whether a source may be the one that this was of, before any of it is read.</summary>
    /// <exception cref="RedisMLException"><c>SourceChanged</c>, <c>ResumeImpossible</c></exception>
    public void Check(RowSource source, string options, long baseVersion, string dataset)
    {
        if (source.Name != Source) throw Impossible($"it was of '{Source}'");
        if (source.Length != Length) throw Changed(source, $"it had {Length:N0} bytes and has {source.Length:N0}");
        if (options != Options) throw Impossible("it had other options");
        if (baseVersion != BaseVersion) throw Impossible($"the dataset has changed since (version {BaseVersion} then, {baseVersion} now)");

        RedisMLException Impossible(string why) => new("ResumeImpossible", ErrorKind.InvalidOperation,
            $"The import into '{dataset}' that broke off can't go on: {why}. Without -Resume it is discarded, and the import starts anew.",
            dataset);
    }

    public static RedisMLException Changed(RowSource source, string how) => new("SourceChanged", ErrorKind.InvalidData,
        $"'{source.Name}' has changed since the import broke off: {how}. Without -Resume the import starts anew.", source.Name);
}
