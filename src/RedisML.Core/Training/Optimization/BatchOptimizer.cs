using RedisML.Numerics;

namespace RedisML.Training.Optimization;

/// <summary>What optimizers by batches share: batches and passes, the learning rate, and penalties.</summary>
/// <remarks>
/// It descends the mean loss of a row, the penalties being divided by the weight of all rows. L1 is a proximal step after each
/// step of the gradient (Duchi and Singer, "Forward backward splitting", 2009), so that weights become 0 exactly.
/// </remarks>
internal abstract class BatchOptimizer(double[] start, Penalty penalty, BatchPlan plan) : Optimizer
{
    readonly double[] _gradient = new double[start.Length];
    int _batch;
    double _loss;
    double _weight;

    public override ReadOnlyMemory<double> Point => Parameters;

    public override ReadOnlyMemory<double> Solution => Parameters;

    public override RowSelection Rows => new(RowSet.Batch, Iterations, _batch);

    protected double[] Parameters { get; } = [.. start];

    /// <summary>Moves the parameters against the gradient of the mean loss, and sets how far each would go for a gradient of 1.</summary>
    /// <param name="rates">Filled by the call, one a parameter.</param>
    protected abstract void Descend(ReadOnlySpan<double> gradient, double rate, Span<double> rates);

    protected override void Move(double loss, ReadOnlySpan<double> gradient, double weight)
    {
        if (weight > 0) Step(gradient, weight);
        _loss += loss;
        _weight += weight;
        if (++_batch < plan.Batches) return;
        Loss = _loss / _weight;
        (_batch, _loss, _weight) = (0, 0, 0);
        if (++Iterations == plan.Epochs) State = OptimizerState.Completed;
    }

    protected override void WriteVariables(BinaryWriter writer)
    {
        writer.WriteVector(Parameters);
        writer.Write(_batch);
        writer.Write(_loss);
        writer.Write(_weight);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        reader.ReadVector(Parameters);
        _batch = reader.ReadInt32();
        _loss = reader.ReadDouble();
        _weight = reader.ReadDouble();
    }

    void Step(ReadOnlySpan<double> gradient, double weight)
    {
        gradient.CopyTo(_gradient);
        var rates = _gradient.AsSpan();
        Lanes.Divide(rates, weight);
        if (penalty.L2 > 0) Lanes.AddScaled(rates[..penalty.WeightCount], penalty.L2 / plan.TotalWeight, Parameters);
        double rate = plan.Rate((Iterations + (double)_batch / plan.Batches) / plan.Epochs);
        if (plan.WeightDecay > 0)
        {
            // Beside the gradient, so that Adam doesn't divide it (Loshchilov and Hutter, 2019).
            var weights = Parameters.AsSpan(0, penalty.WeightCount);
            Lanes.AddScaled(weights, -rate * plan.WeightDecay, weights);
        }
        Descend(rates, rate, rates);
        if (penalty.L1 == 0) return;
        double l1 = penalty.L1 / plan.TotalWeight;
        for (int i = 0; i < penalty.WeightCount; i++)
        {
            double parameter = Parameters[i];
            Parameters[i] = Math.CopySign(Math.Max(Math.Abs(parameter) - rates[i] * l1, 0), parameter);
        }
    }
}

/// <summary>How many batches there are, and how far a step goes.</summary>
/// <param name="Batches">How many batches a pass over the rows has.</param>
/// <param name="TotalWeight">The sum of the weights of all rows.</param>
/// <param name="WeightDecay">What part of each weight a step takes away, times the learning rate.</param>
internal sealed record BatchPlan(
    int Epochs, int Batches, double TotalWeight, double LearningRate, LearningRateSchedule Schedule, double WeightDecay = 0)
{
    /// <summary>The learning rate.</summary>
    /// <param name="progress">How far the training is: from 0, at the start, to 1, at the end.</param>
    public double Rate(double progress) => LearningRate * Schedule switch
    {
        LearningRateSchedule.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
        LearningRateSchedule.Linear => 1 - progress,
        LearningRateSchedule.InverseScaling => 1 / Math.Sqrt(1 + progress * Epochs),
        _ => 1,
    };
}
