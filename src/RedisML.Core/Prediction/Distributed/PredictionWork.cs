using RedisML.Connections;
using RedisML.Errors;
using RedisML.Runs;
using static RedisML.Errors.Decoding;

namespace RedisML.Prediction.Distributed;

/// <summary>What a run of the kind <c>prediction</c> is to do.</summary>
/// <param name="Fingerprint">Of all that decides how the predictions come out: nodes for which it differs aren't let in.</param>
/// <param name="Output">The dataset that it publishes.</param>
/// <param name="Expected">The version of it that was there when the run started; null for none.</param>
/// <param name="ImportId">The import whose chunks the nodes write.</param>
/// <param name="Owner">By which each of them owns its journal.</param>
/// <param name="RoundChunks">How many chunks are shared out at once.</param>
sealed record PredictionWork(string Model, long ModelVersion, PredictionOptions Options, string Fingerprint, string Output, long? Expected,
    string ImportId, string Owner, int RoundChunks)
{
    public const string Kind = "prediction";

    /// <exception cref="RedisMLException"><c>RunCorrupt</c>, <c>RunKindMismatch</c>.</exception>
    public static PredictionWork Of(RunSpecification run) => RunSpecification.Decode(run.Id, "spec", () =>
    {
        var work = run.WorkOf<PredictionWork>(Kind);
        Demand(work is
        {
            Model: not null, Options.KeepColumns: not null, Fingerprint: not null, Output: not null, ImportId: not null,
            Owner: not null
        }, "it lacks parts");
        Demand(KeySpace.IsValidName(work.Model) && KeySpace.IsValidName(work.Output) && KeySpace.IsValidName(work.ImportId),
            "it has names that are none");
        Demand(work is { ModelVersion: > 0, RoundChunks: > 0 }, "its numbers can't be");
        Demand(work.Options.KeepColumns.All(name => name is not null), "a column lacks its name");
        return work;
    });
}
