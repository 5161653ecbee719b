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

    /// <summary>Changes whenever other rows are held.</summary>
    public int Version => Training.Version;

    /// <summary>Whether there are rows by which to judge, all of which every node holds.</summary>
    public bool HasValidation => Validation is not null;

    internal PipelineFit Fit { get; }

    internal TrainingData Training { get; }

    internal TrainingData? Validation { get; }

    /// <summary>Adds a term up over all rows of all nodes, by all workers. The bits don't depend on how many there are.</summary>
    /// <returns>[<see cref="IBlockTerm.Length"/>].</returns>
    public double[] Sum(IBlockTerm term, params double[] parameters) =>
        new BlockSum(Training, term, _context.Team, _context.WorkerCount, Exchange).At(parameters).ToArray();

    /// <summary>Visits the blocks of a share of this node's, in order, on the leader's thread.</summary>
    public void Visit(Share share, BlockVisit visit) => Visit(Training, share.First, Math.Min(share.End, Training.Map.Leaves), visit);

    /// <summary>Visits the blocks of the validation rows, in order.</summary>
    public void VisitValidation(BlockVisit visit)
    {
        if (Validation is not null) Visit(Validation, 0, Validation.Map.Leaves, visit);
    }

    void Visit(TrainingData rows, int firstLeaf, int endLeaf, BlockVisit visit)
    {
        if (firstLeaf >= endLeaf) return;
        int end = rows.Map.LeafStart(endLeaf);
        for (int index = rows.Map.LeafStart(firstLeaf); index < end; index++)
        {
            _context.ThrowIfStopping();
            var block = rows.Block(index);
            if (block.Rows > 0) visit(block, rows.Targets(index));
        }
    }

    /// <summary>Tells how far the training is, once an iteration.</summary>
    /// <param name="loss">The mean loss of a row.</param>
    /// <param name="rowsEvaluated">Since the start; a row counts once an evaluation.</param>
    /// <param name="validationLoss">The mean loss of a validation row; NaN where it isn't known (yet).</param>
    public void Report(int iteration, double loss, long rowsEvaluated, double validationLoss = double.NaN) => _context.Progress?.Report(new(
        iteration, loss, Fit.Rows, rowsEvaluated / Stopwatch.GetElapsedTime(_start).TotalSeconds, Fit.Dropped.Rows, validationLoss));
}
