using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Numerics;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.Network;

/// <summary>Trains a network by batches.</summary>
internal sealed class NetworkProgram(TrainingContext context) : TabularProgram(context)
{
    const int DefaultBatchSize = 200;
    const int DefaultSteps = 50_000;
    const int MinDefaultEpochs = 10;
    const int MaxDefaultEpochs = 200;
    const double DefaultAdamRate = 0.01;
    const double DefaultSgdRate = 0.02;
    const int MaxParameters = 100_000_000;

    readonly NetworkOptions _options = NetworkOptions.Of(context.Options);

    protected override Solution Solve(TabularData data)
    {
        var loss = OutputLoss.Of(Context.Algorithm.TaskOf(Context.Specification) ?? Context.Plan.Task, data.Fit);
        var shape = ShapeOf(data, loss);
        var plan = PlanOf(data);
        var optimizer = OptimizerOf(shape, Start(shape, loss, data.Fit), plan, data.Validation is not null);
        WorkLog.Steps?.Step(
            $"Solver: {optimizer.GetType().Name} over {plan.Batches:N0} batches a pass; the loss is {loss.GetType().Name}.");
        data.Exchange.Commit(optimizer);
        var sums = new NetworkSums(Context, data, shape, loss, plan.Batches);
        double scale = loss.ReportedScale, rows = 0;
        while (optimizer.State == OptimizerState.Running)
        {
            var (iteration, selection) = (optimizer.Iterations, optimizer.Rows);
            var sum = new GradientSum(sums.At(selection, optimizer.Point));
            rows += selection.Set == RowSet.Batch ? sum.Weight : data.Rows;
            optimizer.Advance(sum.Loss, sum.Gradient, sum.Weight);
            data.Exchange.Commit(optimizer);
            bool isValidation = selection.Set == RowSet.Validation;
            if (optimizer.Iterations > iteration || isValidation)
            {
                data.Report(optimizer.Iterations, scale * optimizer.Loss, (long)rows,
                    isValidation ? scale * sum.Loss / sum.Weight : double.NaN);
            }
        }
        return new()
        {
            Parameters = NetworkParameters.ToFields(shape, loss, optimizer.Solution.Span),
            Loss = scale * optimizer.Loss,
            ValidationLoss = data.Validation is null ? null : scale * optimizer.ValidationLoss,
            Iterations = optimizer.Iterations,
            Evaluations = optimizer.Evaluations,
        };
    }

    NetworkShape ShapeOf(TabularData data, OutputLoss loss)
    {
        try
        {
            var shape = new NetworkShape(data.Layout, _options, loss.Outputs);
            if (shape.ParameterCount <= MaxParameters) return shape;
        }
        catch (OverflowException)
        {
            // More than an array holds is too many as well.
        }
        throw new RedisMLException("NetworkTooLarge", ErrorKind.LimitsExceeded,
            $"The layers and the categories' levels call for more than {MaxParameters:N0} parameters; make Layers or Embedding smaller, or "
            + "leave out a category that has nearly a level for each row.", Context.Specification.Label);
    }

    /// <summary>Weights by chance, of a size that keeps what goes through the layers of one size (He et al., 2015; Glorot and Bengio,
    /// 2010); biases that fit the label's mean or shares.</summary>
    double[] Start(NetworkShape shape, OutputLoss loss, PipelineFit fit)
    {
        var parameters = new double[shape.ParameterCount];
        ulong seed = SplitMix64.Mix((ulong)(Context.Specification.Seed ?? 0) + 1);
        foreach (var table in shape.Embeddings) Draw(table.Start, table.Rows * table.Width, 1 / Math.Sqrt(table.Width));
        for (int i = 0; i < shape.Layers.Length; i++)
        {
            var layer = shape.Layers[i];
            bool isRectified = i + 1 < shape.Layers.Length && _options.Activation != Activation.Tanh;
            Draw(layer.Weights, layer.Inputs * layer.Outputs,
                Math.Sqrt(6.0 / (isRectified ? layer.Inputs : layer.Inputs + layer.Outputs)));
            if (layer.IsNormalized) parameters.AsSpan(layer.Scales, layer.Outputs).Fill(1);
        }
        loss.Start(fit).CopyTo(parameters.AsSpan(shape.Layers[^1].Biases));
        return parameters;

        void Draw(int start, int count, double bound)
        {
            for (int i = start; i < start + count; i++)
                parameters[i] = bound * ((SplitMix64.Mix(seed + (ulong)i) >> 11) * (2.0 / (1L << 53)) - 1);
        }
    }

    BatchPlan PlanOf(TabularData data)
    {
        var (options, rows) = (Context.Specification.Optimizer, data.Rows);
        double size = options.BatchSize ?? Math.Min(DefaultBatchSize, Math.Ceiling(rows / 5.0));
        int batches = (int)Math.Clamp(Math.Round(rows / size), 1, int.MaxValue / 2);
        int epochs = options.Epochs ?? Math.Clamp((DefaultSteps + batches - 1) / batches, MinDefaultEpochs, MaxDefaultEpochs);
        double rate = options.LearningRate ?? (options.Kind == OptimizerKind.Sgd ? DefaultSgdRate : DefaultAdamRate);
        return new(epochs, batches, data.Fit.Weight, rate, options.Schedule, _options.WeightDecay);
    }

    Optimizer OptimizerOf(NetworkShape shape, double[] start, BatchPlan plan, bool hasValidation)
    {
        var (specification, options) = (Context.Specification, Context.Specification.Optimizer);
        var penalty = new Penalty(specification.L1, specification.L2, shape.WeightCount);
        BatchOptimizer optimizer = options.Kind == OptimizerKind.Sgd ? new Sgd(start, penalty, plan, options.Momentum)
            : new Adam(start, penalty, plan);
        return new MonitoredOptimizer(optimizer, hasValidation ? options.Patience : null);
    }
}
