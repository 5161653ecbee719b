using System.Diagnostics;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Runs;
using RedisML.Runs.Nodes;

namespace RedisML.Prediction.Distributed;

/// <summary>This process's part in a prediction over nodes, from its entry to the end of the run.</summary>
sealed class PredictionNode(RedisMLConnection connection, RunEntry entry, PredictionPlan plan, int[] chunkRows, int workerCount,
    IProgress<PredictionProgress>? progress) : IProgress<RunProgress>
{
    /// <summary>How long others wait for the node that ended the run to publish.</summary>
    static readonly TimeSpan s_publishPatience = TimeSpan.FromSeconds(3);

    /// <summary>How long a run that has completed is still found, by nodes that haven't heard of it.</summary>
    static readonly TimeSpan s_afterlife = TimeSpan.FromMinutes(10);

    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    readonly PredictionWork _work = PredictionWork.Of(entry.Specification);
    readonly Stopwatch _watch = Stopwatch.StartNew();
    RunNode _node = null!;
    RunRecorder _recorder = null!;
    PredictionState? _outcome;
    bool _hasPublished;
    long _rows;

    RunLedger Ledger => entry.Ledger;

    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task<DatasetPredictionResult> RunAsync(CancellationToken cancellation)
    {
        Dataset dataset;
        _node = new RunNode(Ledger, workerCount, entry.Member, [new DatasetPin(connection, plan.Source)]);
        await using (_node.ConfigureAwait(false))
        {
            await _node.StartAsync(isMember: entry.Member is not null, cancellation).ConfigureAwait(false);
            _recorder = new RunRecorder(Ledger, _node.Membership);
            await using (_recorder.ConfigureAwait(false))
            {
                _recorder.Start();
                using var waiting = new Timer(_ => Tell(), null, s_look, TimeSpan.FromSeconds(1));
                dataset = await WorkAsync(cancellation).ConfigureAwait(false);
            }
        }
        // Only now nobody writes into the run any more.
        if (_hasPublished) await new RunStore(connection).RetireAsync(entry.Specification.Id, s_afterlife, default).ConfigureAwait(false);
        return plan.Result(dataset, _outcome?.Unseen ?? new(), _watch.Elapsed);
    }

    async Task<Dataset> WorkAsync(CancellationToken cancellation)
    {
        var journal = ImportJournal.Join(connection, _work.ImportId, _work.Output, _work.Owner);
        var writer = DatasetWriter.Join(connection, journal, plan.Chunks.Schema, chunkRows.Length);
        await using (writer.ConfigureAwait(false))
        {
            var link = new NodeLink(_node);
            var session = new RunSession<PredictionState>(team => new PredictionProgram(
                connection, plan, writer, chunkRows, _work.RoundChunks, team, workerCount, this), link, workerCount: 1);
            _ = session.RunAsync(cancellation);
            var control = await _node.EndAsync(session.Completion, state => ([], Outcome(_outcome = state)), () => link.Replica?.Save())
                .ConfigureAwait(false);
            if (control.Phase == RunPhase.Stopped) throw new OperationCanceledException(control.Reason);
            if (control.Phase == RunPhase.Failed)
            {
                throw new RedisMLException(control.ErrorId is { Length: > 0 } id ? id : "PredictionFailed", ErrorKind.InvalidOperation,
                    $"The prediction into dataset '{_work.Output}' failed: {control.Reason}", _work.Output);
            }
            return await PublishedAsync(control, journal).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Report(RunProgress value)
    {
        _recorder.Report(value);
        Volatile.Write(ref _rows, value.Rows);
        Tell();
    }

    void Tell() => progress?.Report(new(Volatile.Read(ref _rows), plan.Source.Rows, _node.Membership.Count,
        _node.Membership.Control is { Phase: RunPhase.Pause }));

    RunOutcome Outcome(PredictionState state) => new()
    {
        Loss = 0,
        Iterations = 0,
        Converged = true,
        RowsUsed = state.Rows,
        RowsDropped = 0,
        Ended = Ledger.Clock.Latest,
    };

    /// <summary>The output as the run has published it: by its first member, and where that one is gone, by whoever sees that it is
    /// done. Only one publication can succeed, and whoever comes second finds it.</summary>
    async Task<Dataset> PublishedAsync(RunControl control, ImportJournal journal)
    {
        for (long start = Stopwatch.GetTimestamp(); control.Members is not [var first, ..] || first != _node.Membership.Id;)
        {
            if (await FindAsync(journal).ConfigureAwait(false) is { } published) return published;
            if (Stopwatch.GetElapsedTime(start) > s_publishPatience) break;
            await Task.Delay(s_look).ConfigureAwait(false);
        }
        if (_outcome is null) throw Ledger.Lost();
        try
        {
            return await FindAsync(journal).ConfigureAwait(false) ?? await PublishAsync(journal, _outcome).ConfigureAwait(false);
        }
        catch (RedisMLException e) when (e.ErrorId is "DatasetChanged" or "ChunkLost")
        {
            if (await FindAsync(journal).ConfigureAwait(false) is { } published) return published;
            throw;
        }
    }

    async Task<Dataset> PublishAsync(ImportJournal journal, PredictionState outcome)
    {
        var writer = await DatasetWriter.ResumeAsync(connection, journal, plan.Chunks.Schema, null, outcome.ToWriterState(), default)
            .ConfigureAwait(false) ?? throw ImportJournal.Lost(connection.Keys.Chunk(_work.Output, _work.ImportId, 0)!);
        var current = await new DatasetStore(connection).FindAsync(_work.Output).ConfigureAwait(false);
        if (current?.Version != _work.Expected)
            throw new RedisMLException("DatasetChanged", ErrorKind.ResourceBusy,
                $"Dataset '{_work.Output}' was changed by somebody else in the meantime; nothing was published. Run the command again.",
                _work.Output);
        var dataset = await writer.PublishAsync(current, plan.Label, plan.Source.Compression, plan.Fingerprint, default)
            .ConfigureAwait(false);
        await Ledger.RetryAsync(() => Ledger.Database.HashSetAsync(Ledger.Keys.Control, "published", dataset.Version), default)
            .ConfigureAwait(false);
        _hasPublished = true;
        return dataset;
    }

    /// <summary>The version that this run has published; null before.</summary>
    async Task<Dataset?> FindAsync(ImportJournal journal) =>
        await new DatasetStore(connection).FindAsync(_work.Output).ConfigureAwait(false) is { } dataset
            && dataset.Sources.Any(source => source.Import == journal.ImportId) ? dataset : null;
}
