using System.Diagnostics;
using RedisML.Features;
using RedisML.Runs.Exchange;

namespace RedisML.Training;

/// <summary>The encoded rows of a training, of which this node holds its share.</summary>
public sealed class TabularData
{
    readonly TrainingContext _context;
    readonly long _start = Stopwatch.GetTimestamp();

    internal TabularData(TrainingContext context, PipelineFit fit, TrainingData rows, TrainingData? validation, IExchange exchange) =>
        (_context, Fit, Training, Validation, Exchange) = (context, fit, rows, validation, exchange);

    /// <summary>How raw columns become features, fitted to the rows.</summary>
    public FeaturePipeline Pipeline => Fit.Pipeline;

    /// <summary>Where the features lie in an encoded row.</summary>
    public EncodedLayout Layout => Training.Layout;

    /// <summary>Rows used, of all nodes.</summary>
    public long Rows => Fit.Rows;

    /// <summary>What the nodes do together; to be committed to by programs of several steps.</summary>
    public IExchange Exchange { get; }

    internal PipelineFit Fit { get; }

    internal TrainingData Training { get; }

    internal TrainingData? Validation { get; }

    /// <summary>Adds a term up over all rows of all nodes, by all workers. The bits don't depend on how many there are.</summary>
    /// <returns>[<see cref="IBlockTerm.Length"/>].</returns>
    public double[] Sum(IBlockTerm term, params double[] parameters) =>
        new BlockSum(Training, term, _context.Team, _context.WorkerCount, Exchange).At(parameters).ToArray();

    /// <summary>Tells how far the training is, once an iteration.</summary>
    /// <param name="loss">The mean loss of a row.</param>
    /// <param name="rowsEvaluated">Since the start; a row counts once an evaluation.</param>
    /// <param name="validationLoss">The mean loss of a validation row; NaN where it isn't known (yet).</param>
    public void Report(int iteration, double loss, long rowsEvaluated, double validationLoss = double.NaN) => _context.Progress?.Report(new(
        iteration, loss, Fit.Rows, rowsEvaluated / Stopwatch.GetElapsedTime(_start).TotalSeconds, Fit.Dropped.Rows, validationLoss));
}
