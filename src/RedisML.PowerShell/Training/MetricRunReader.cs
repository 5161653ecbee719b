using RedisML.Connections;
using RedisML.Errors;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Charts;

namespace RedisML.PowerShell.Training;

/// <summary>Reads the metrics of runs and of online trainings, to be drawn.</summary>
/// <param name="names">Which metrics; null for the loss and that of the validation rows, or the first where there is no loss.</param>
sealed class MetricRunReader(RedisMLConnection connection, IReadOnlyList<string>? names)
{
    /// <summary>What is drawn unless names are given: the loss, beside that of the validation rows where there are any.</summary>
    static readonly string[] s_usual = ["loss", "validationLoss"];

    /// <summary>Whether all metrics that there are are read, where no names are given.</summary>
    public bool TakesAll { get; init; }

    /// <summary>The ids that users give, each once; a pattern stands for the runs whose id or model it matches.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>: a pattern matches none.</exception>
    public async Task<IReadOnlyList<string>> ResolveAsync(IEnumerable<string> ids, CancellationToken cancellation)
    {
        var found = new List<string>();
        foreach (var id in ids)
        {
            if (!NamePattern.HasWildcards(id))
            {
                found.Add(id);
                continue;
            }
            var isWanted = NamePattern.AnyOf([id]);
            int before = found.Count;
            var trainings = new TrainingStore(connection);
            foreach (var run in await trainings.ListAsync(cancellation).ConfigureAwait(false))
                if (isWanted(run) || isWanted((await trainings.GetAsync(run, cancellation).ConfigureAwait(false)).Model)) found.Add(run);
            found.AddRange((await new OnlineTrainings(connection).ListAsync(cancellation).ConfigureAwait(false)).Where(isWanted));
            if (found.Count == before)
                throw new RedisMLException("TrainingRunNotFound", ErrorKind.ObjectNotFound,
                    $"No training run, and no model of one, is called '{id}': Get-RedisDistributedTraining lists them.", id);
        }
        return [.. found.Distinct()];
    }

    /// <summary>The curves of a run: all that were asked for by name, or those of the usual ones that there are.</summary>
    /// <returns>The run, which has no curves where nothing was measured yet, and whether it goes on.</returns>
    public async Task<(MetricRun Run, bool GoesOn)> ReadAsync(string id, CancellationToken cancellation)
    {
        var online = await new OnlineTrainings(connection).FindByIdAsync(id, cancellation).ConfigureAwait(false);
        var training = online is null ? await new TrainingStore(connection).GetAsync(id, cancellation).ConfigureAwait(false) : null;
        // Read after the state, so that those of a run that has ended are all there.
        var metrics = online is not null
            ? await new OnlineTrainings(connection).FindMetricsAsync(id, cancellation).ConfigureAwait(false) ?? []
            : await new RunStore(connection).MetricsAsync(id, cancellation).ConfigureAwait(false);
        var known = metrics.Select(m => m.Name).Distinct().ToList();
        bool goesOn = online is { State: OnlineTrainingState.Running }
            || training?.State is RunState.Waiting or RunState.Running or RunState.Paused;
        var wanted = known.Count == 0 ? [] : names ?? (TakesAll ? [.. s_usual.Where(known.Contains), .. known.Except(s_usual)]
            : s_usual.Any(known.Contains) ? [.. s_usual.Where(known.Contains)] : [known[0]]);
        var curves = wanted.Where(name => known.Contains(name) || !goesOn).Select(name => known.Contains(name)
            ? new MetricSeries(name, metrics.Where(m => m.Name == name))
            : throw NearestName.NotFound("MetricNotFound", $"metric of training run '{id}' called", name, known));
        return (new(online?.Model ?? training!.Model, online?.Id ?? id, [.. curves]), goesOn);
    }

    /// <summary>Demands that each run has something to draw.</summary>
    /// <exception cref="RedisMLException"><c>NoMetric</c></exception>
    public static void DemandCurves(IEnumerable<MetricRun> runs)
    {
        if (runs.FirstOrDefault(r => r.Curves.Count == 0) is { } empty)
            throw new RedisMLException("NoMetric", ErrorKind.ObjectNotFound,
                $"Training run '{empty.Id}' has no metrics: nothing was measured while it ran, as of a linear model, which is "
                + "solved at once. Test-RedisModel says how good the model is.", empty.Id);
    }
}
