using System.Collections.Concurrent;
using RedisML.Runs;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training;

public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Every_index_of_every_loop_is_worked_on_once(int workers)
    {
        const int loops = 500, count = 64;
        var hits = new int[loops, count];
        await RunAsync(workers, team =>
        {
            for (int loop = 0; loop < loops; loop++)
            {
                int current = loop;
                team.For(count, (_, index) => Interlocked.Increment(ref hits[current, index]));
            }
        });
        Assert.All(hits.Cast<int>(), hit => Assert.Equal(1, hit));
    }

    [Fact]
    public async Task Workers_have_numbers_and_share_a_loop()
    {
        var seen = new ConcurrentDictionary<int, int>();
        using var all = new Barrier(3);
        await RunAsync(3, team => team.For(3, (worker, index) =>
        {
            seen[worker] = index;
            // passes only where three threads are in the loop at once
            Assert.True(all.SignalAndWait(Patience.Event, TestContext.Current.CancellationToken));
        }));
        Assert.Equal([0, 1, 2], seen.Keys.Order());
    }

    [Fact]
    public async Task A_failure_reaches_the_leader_and_ends_everybody()
    {
        int worked = 0;
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(4, team =>
        {
            team.For(8, (_, _) => { });
            team.For(1000, (_, index) =>
            {
                Interlocked.Increment(ref worked);
                if (index is 5 or 6) throw new InvalidOperationException($"index {index}");
            });
            Assert.Fail("The leader went on.");
        }));
        Assert.StartsWith("index", error.Message);
        Assert.InRange(worked, 6, 1000);
    }

    [Fact]
    public async Task A_helper_that_is_stopped_stops_the_team_even_where_a_body_waits()
    {
        using var stop = new CancellationTokenSource();
        using var inside = new ManualResetEventSlim();
        var run = RunAsync(2, team => team.For(2, (_, _) =>
        {
            inside.Set();
            team.Stopping.WaitHandle.WaitOne();
            team.Stopping.ThrowIfCancellationRequested();
        }), helper: stop.Token);
        Assert.True(inside.Wait(Patience.Event, TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(stop.Token, error.CancellationToken);
    }

    [Fact]
    public async Task A_leader_that_is_stopped_between_loops_lets_the_helpers_go()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(3, team =>
        {
            team.For(10, (_, _) => { });
            stop.Cancel();
            team.For(10, (_, _) => Assert.Fail("The team went on."));
        }, leader: stop.Token));
    }

    [Fact]
    public async Task A_helper_that_never_comes_is_done_without_and_one_that_comes_late_goes_home()
    {
        var team = new WorkerTeam();
        int sum = 0;
        await OnThread(() => team.Lead(() => team.For(100, (_, index) => Interlocked.Add(ref sum, index)), CancellationToken.None));
        Assert.Equal(4950, sum);
        await OnThread(() => team.Help(1, CancellationToken.None));
    }

    static async Task RunAsync(
        int workers, Action<WorkerTeam> algorithm, CancellationToken? leader = null, CancellationToken? helper = null)
    {
        var team = new WorkerTeam();
        var helpers = Enumerable.Range(1, workers - 1).Select(worker => OnThread(() => team.Help(worker, helper ?? CancellationToken.None)))
            .ToArray();
        var lead = OnThread(() => team.Lead(() => algorithm(team), leader ?? CancellationToken.None));
        await Task.WhenAll(helpers).WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        await lead.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
    }

    static Task OnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
