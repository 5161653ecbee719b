using RedisML.Connections;
using RedisML.Errors;
using RedisML.Runs;

namespace RedisML.Training;

/// <summary>The training runs of a connection.</summary>
public sealed class TrainingStore(RedisMLConnection connection)
{
    /// <summary>The ids of all training runs.</summary>
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation) =>
        new RunStore(connection).ListAsync(TrainingWork.Kind, cancellation);

    /// <summary>Where a training run stands.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>.</exception>
    public async Task<TrainingRun> GetAsync(string id, CancellationToken cancellation) =>
        TrainingRun.Of(await new RunStore(connection).GetAsync(id, cancellation).ConfigureAwait(false));
}
