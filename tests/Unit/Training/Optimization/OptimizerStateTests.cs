using RedisML.Errors;
using RedisML.Training.Optimization;

namespace RedisML.Unit.Training.Optimization;

/// <summary>Replicas: what the state of an optimizer, written and read elsewhere, has to keep.</summary>
public sealed class OptimizerStateTests
{
    const int Length = 6;
    const int Steps = 40;

    [Theory]
    [InlineData("OrthantWise")]
    [InlineData("Sgd")]
    [InlineData("Adam")]
    [InlineData("Monitored")]
    public void A_state_of_any_optimizer_goes_on_to_the_bit(string kind)
    {
        var undisturbed = Create(kind);
        for (int from = 0; from < 25; from++)
        {
            var replica = Load(Create(kind), Save(undisturbed));
            var original = Load(Create(kind), Save(undisturbed));
            for (int step = 0; step < 10 && original.State == OptimizerState.Running; step++)
            {
                Advance(original);
                Advance(replica);
                Assert.Equal((original.Digest, original.Rows), (replica.Digest, replica.Rows));
                Assert.Equal(original.Point.ToArray(), replica.Point.ToArray());
            }
            if (undisturbed.State == OptimizerState.Running) Advance(undisturbed);
        }
    }

    [Fact]
    public void A_state_saved_at_any_step_goes_on_elsewhere_to_the_bit()
    {
        var undisturbed = Create();
        var points = new List<double[]>();
        var states = new List<byte[]>();
        var digests = new List<ulong>();
        bool wasWithinSearch = false;
        for (int step = 0; step < Steps; step++)
        {
            states.Add(Save(undisturbed));
            points.Add(undisturbed.Point.ToArray());
            digests.Add(undisturbed.Digest);
            int iterations = undisturbed.Iterations;
            Advance(undisturbed);
            wasWithinSearch |= step > 0 && undisturbed.Iterations == iterations;
        }
        Assert.True(wasWithinSearch, "No line search took two steps.");
        for (int from = 0; from < Steps; from++)
        {
            var replica = Load(Create(preconditioner: 1), states[from]);
            for (int step = from; step < Steps; step++)
            {
                Assert.Equal(points[step], replica.Point.ToArray());
                Assert.Equal(digests[step], replica.Digest);
                Advance(replica);
            }
            Assert.Equal(Save(undisturbed), Save(replica));
        }
    }

    [Fact]
    public void A_digest_tells_replicas_apart_by_the_last_bit()
    {
        var (one, other) = (Create(), Create());
        Assert.Equal(one.Digest, other.Digest);
        var gradient = new double[Length];
        gradient[3] = 1;
        one.Advance(1, gradient);
        gradient[3] = double.BitIncrement(1);
        other.Advance(1, gradient);
        Assert.NotEqual(one.Digest, other.Digest);
    }

    [Fact]
    public void A_factor_that_preconditions_is_part_of_the_state()
    {
        double[] matrix = [4, 1, 3];
        var factored = new Lbfgs([0, 0], new CholeskyPreconditioner(Cholesky.Factor(matrix, 2, () => { })), default, 100, 0);
        var replica = Load(new Lbfgs([0, 0], new DiagonalPreconditioner([1, 1]), default, 100, 0), Save(factored));
        factored.Advance(1, [1, 2]);
        replica.Advance(1, [1, 2]);
        Assert.Equal(factored.Point.ToArray(), replica.Point.ToArray());
        Assert.Equal(Save(factored), Save(replica));
    }

    [Fact]
    public void A_state_that_is_cut_off_or_of_another_model_is_refused()
    {
        var state = Save(Create());
        foreach (byte[] broken in new[] { state[..^1], state[..3], [] })
            Assert.Equal("OptimizerStateInvalid", Assert.Throws<RedisMLException>(() => Load(Create(), broken)).ErrorId);
        var shorter = new Lbfgs(new double[Length - 1], new DiagonalPreconditioner(new double[Length - 1]), default, 100, 0);
        Assert.Equal("OptimizerStateInvalid", Assert.Throws<RedisMLException>(() => Load(shorter, state)).ErrorId);
    }

    static Optimizer Create(string kind)
    {
        var start = new double[Length];
        var penalty = new Penalty(0.1, 0.2, Length - 1);
        var plan = new BatchPlan(Epochs: 4, Batches: 3, TotalWeight: 30, LearningRate: 1e-3, LearningRateSchedule.Cosine);
        return kind switch
        {
            "OrthantWise" => new OrthantWise(start, new DiagonalPreconditioner([.. Enumerable.Repeat(5.0, Length)]), penalty, 100, 0),
            "Sgd" => new Sgd(start, penalty, plan, momentum: 0.9),
            "Adam" => new Adam(start, penalty, plan),
            _ => new MonitoredOptimizer(new Adam(start, penalty, plan), patience: 2),
        };
    }

    static Lbfgs Create(double preconditioner = 2) =>
        new(Enumerable.Repeat(-1.2, Length).ToArray(), new DiagonalPreconditioner([.. Enumerable.Repeat(preconditioner, Length)]), default,
            1000, 0);

    /// <summary>Rosenbrock's valley in several dimensions.</summary>
    static void Advance(Optimizer optimizer)
    {
        var x = optimizer.Point.Span;
        double loss = 0;
        var gradient = new double[Length];
        for (int i = 0; i < Length - 1; i++)
        {
            double a = 1 - x[i], b = x[i + 1] - x[i] * x[i];
            loss += a * a + 100 * b * b;
            gradient[i] += -2 * a - 400 * x[i] * b;
            gradient[i + 1] += 200 * b;
        }
        optimizer.Advance(loss, gradient);
    }

    static byte[] Save(Optimizer optimizer)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream)) optimizer.Write(writer);
        return stream.ToArray();
    }

    static Optimizer Load(Optimizer optimizer, byte[] state)
    {
        using var reader = new BinaryReader(new MemoryStream(state));
        optimizer.Read(reader);
        return optimizer;
    }
}
