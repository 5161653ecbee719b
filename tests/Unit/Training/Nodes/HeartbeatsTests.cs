using RedisML.Runs.Nodes;

namespace RedisML.Unit.Training.Nodes;

public sealed class HeartbeatsTests
{
    readonly Heartbeats _heartbeats = new(TimeSpan.FromSeconds(10));
    readonly Dictionary<string, string> _beats = new() { ["a"] = "1", ["b"] = "1" };

    [Fact]
    public void A_node_whose_counter_stands_still_for_the_limit_is_dead_and_one_that_beats_is_not()
    {
        for (int second = 0; second <= 12; second += 2)
        {
            _beats["a"] = $"{second}";
            Read(second);
            Assert.False(_heartbeats.IsDead("a"));
            Assert.Equal(second >= 10, _heartbeats.IsDead("b"));
            Assert.Equal(second > 0, _heartbeats.IsAlive("a"));
            Assert.False(_heartbeats.IsAlive("b"));
        }
    }

    [Fact]
    public void An_observer_that_was_stopped_begins_to_watch_anew()
    {
        for (int second = 0; second <= 8; second += 2) Read(second);
        for (int second = 14; second <= 22; second += 2)
        {
            Read(second);
            Assert.False(_heartbeats.IsDead("b"));
        }
        Read(24);
        Assert.True(_heartbeats.IsDead("b"));
    }

    [Fact]
    public void A_node_that_never_beat_dies_too()
    {
        for (int second = 0; second <= 10; second += 2) _heartbeats.Read(["c"], _beats, TimeSpan.FromSeconds(second));
        Assert.True(_heartbeats.IsDead("c"));
    }

    void Read(int second) => _heartbeats.Read(["a", "b"], _beats, TimeSpan.FromSeconds(second));
}
