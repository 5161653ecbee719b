using RedisML.Training.Optimization;

namespace RedisML.Unit.Training.Optimization;

public sealed class SgdTests
{
    const double LearningRate = 0.1;

    [Fact]
    public void A_gradient_far_longer_than_usual_goes_eight_times_as_far_as_usual()
    {
        var optimizer = new Sgd([0], new(0, 0, 1), new(1, 100, 100, LearningRate, LearningRateSchedule.Constant), momentum: 0);
        for (int step = 0; step < 20; step++) optimizer.Advance(1, [step % 2 == 0 ? 1.0 : -1]);
        Assert.Equal(0, optimizer.Point.Span[0], 1e-12);
        optimizer.Advance(1, [1e6]);
        Assert.Equal(-8 * LearningRate, optimizer.Point.Span[0], 1e-9);
        optimizer.Advance(1, [-2]); // what is usual has grown by little
        Assert.Equal(-6 * LearningRate, optimizer.Point.Span[0], 1e-9);
    }
}
