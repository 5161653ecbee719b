using RedisML.Connections;
using RedisML.Errors;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>What the scripts let a node do, and what not, on a real server and the embedded one.</summary>
public sealed class RunScriptTests(EmbeddedServerFixture embedded, RedisServerFixture redis)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ServerKind.Redis)]
    [InlineData(ServerKind.Embedded)]
    public async Task A_step_is_decided_once_by_all_members_with_what_they_contributed(ServerKind kind)
    {
        await using var connection = await kind.ConnectAsync(embedded, redis);
        var ledger = await CreateAsync(connection);
        var generation = await FormAsync(ledger);
        Assert.Equal("GAP", await ArriveAsync(ledger, generation, "a.1", 2));
        Assert.Equal("WAIT", await ArriveAsync(ledger, generation, "a.1", 1));
        Assert.Equal("WAIT", await ArriveAsync(ledger, generation, "a.1", 1));
        Assert.Equal("FENCED", await ArriveAsync(ledger, generation, "c.1", 1));
        Assert.Equal("GEN", await ArriveAsync(ledger, "1.other", "b.1", 1));
        Assert.Equal(0, (await ViewAsync(ledger)).Control.Step);
        Assert.Equal("DONE", await ArriveAsync(ledger, generation, "b.1", 1));
        Assert.Equal("DONE", await ArriveAsync(ledger, generation, "b.1", 1));
        var view = await ViewAsync(ledger);
        Assert.Equal((1L, generation), (view.Control.Step, view.Control.DecidedGeneration));
        Assert.Equal(["a.1", "b.1"], view.Control.DecidedMembers);
    }

    [Theory]
    [InlineData(ServerKind.Redis)]
    [InlineData(ServerKind.Embedded)]
    public async Task A_new_generation_keeps_who_decided_and_forgets_who_arrived(ServerKind kind)
    {
        await using var connection = await kind.ConnectAsync(embedded, redis);
        var ledger = await CreateAsync(connection);
        var generation = await FormAsync(ledger);
        await ArriveAsync(ledger, generation, "a.1", 1);
        await ArriveAsync(ledger, generation, "b.1", 1);
        await ArriveAsync(ledger, generation, "a.1", 2);
        var before = (await ViewAsync(ledger)).Control;
        Assert.True(await ledger.ProposeAsync(before, ["a.1"], RunPhase.Form, "lost b.1", "a.1", restart: false, Cancellation));
        Assert.False(await ledger.ProposeAsync(before, ["b.1"], RunPhase.Form, "lost a.1", "b.1", restart: false, Cancellation));
        var view = await ViewAsync(ledger);
        Assert.Equal(["a.1", "b.1"], view.Control.DecidedMembers);
        Assert.Equal("-", view.Arrivals["a.1"]);
        Assert.Equal("GEN", await ArriveAsync(ledger, generation, "b.1", 2));
        Assert.Equal("STEP", await ledger.ReadyAsync(view.Control.Generation, "a.1", 0, 0, 7, Cancellation));
        Assert.Equal("RUN", await ledger.ReadyAsync(view.Control.Generation, "a.1", 0, 1, 7, Cancellation));
        Assert.Equal("DONE", await ArriveAsync(ledger, view.Control.Generation, "a.1", 2));
    }

    [Fact]
    public async Task Nodes_that_differ_fail_the_run()
    {
        await using var connection = await redis.ConnectAsync();
        var ledger = await CreateAsync(connection);
        var generation = await FormAsync(ledger);
        await ArriveAsync(ledger, generation, "a.1", 1);
        Assert.Equal("DIVERGED", await ArriveAsync(ledger, generation, "b.1", 1, digest: 8));
        var control = (await ViewAsync(ledger)).Control;
        Assert.Equal((RunPhase.Failed, "the nodes differ: b.1 at step 1"), (control.Phase, control.Reason));
    }

    [Fact]
    public async Task A_checkpoint_moves_only_forward_and_only_to_what_is_there_and_ends_come_once()
    {
        await using var connection = await redis.ConnectAsync();
        var ledger = await CreateAsync(connection);
        var generation = await FormAsync(ledger);
        byte[] state = [1, 2, 3];
        Assert.Equal("OK", await ledger.PointAsync(generation, "a.1", "ck", 5, state, Cancellation));
        Assert.Equal("OLD", await ledger.PointAsync(generation, "a.1", "ck", 4, state, Cancellation));
        Assert.Equal("OLD", await ledger.PointAsync(generation, "a.1", "ck", 5, state, Cancellation));
        Assert.Equal("FENCED", await ledger.PointAsync(generation, "z.1", "ck", 6, state, Cancellation));
        Assert.Equal("GEN", await ledger.PointAsync("1.other", "a.1", "ck", 6, state, Cancellation));
        var control = (await ViewAsync(ledger)).Control;
        Assert.Equal(5, control.CheckpointStep);
        var blob = await connection.Database.StringGetAsync(control.Checkpoint);
        Assert.Equal(state, Open(blob, 5)!.Value.ToArray());
        Assert.Null(Open(blob, 6));
        var broken = ((byte[])blob!).ToArray();
        broken[^1]++;
        Assert.Null(Open(broken, 5));

        Assert.Equal("OK", await ledger.EndAsync(generation, "a.1", RunPhase.Failed, "x", Cancellation));
        Assert.Equal("PHASE", await ledger.EndAsync(generation, "b.1", RunPhase.Done, "", Cancellation));
        Assert.False(await ledger.ProposeAsync(control, ["a.1"], RunPhase.Form, "", "a.1", restart: false, Cancellation));
        Assert.True(await ledger.ProposeAsync(control, ["c.1"], RunPhase.Form, "resumed", "c.1", restart: true, Cancellation));
        var resumed = (await ViewAsync(ledger)).Control;
        Assert.Equal((5L, 1L, ""), (resumed.Step, resumed.Lineage, resumed.DecidedGeneration));

        ReadOnlyMemory<byte>? Open(ReadOnlyMemory<byte> value, long step) =>
            RunBlob.Open(value, ledger.Incarnation, generation, step, "a.1", ledger.Seal, control.Checkpoint);
    }

    /// <summary>A script may be repeated where its reply was lost; the half step waits for the other all the same.</summary>
    [Fact]
    public async Task A_member_that_repeats_its_half_of_a_step_counts_once()
    {
        await using var connection = await redis.ConnectAsync();
        string control = $"{connection.Prefix}:{{half}}:ctl", members = $"{connection.Prefix}:{{half}}:mem";
        connection.Database.HashSet(control, [new("inc", "i"), new("gen", "g"), new("phase", "run"), new("step", 0), new("k", 2)]);
        connection.Database.HashSet(members, [new("a", "-"), new("b", "-")]);
        Assert.Equal("WAIT", await HalfAsync("a"));
        Assert.Equal("WAIT", await HalfAsync("a"));
        Assert.Equal("DONE", await HalfAsync("b"));

        async Task<string> HalfAsync(string member) => (string)(await connection.Database.ScriptEvaluateAsync(
            RunScripts.Half, [control, members], ["i", "g", member, "1", $"{connection.Prefix}:channel"]))[0]!;
    }

    [Fact]
    public async Task To_look_at_a_run_writes_nothing()
    {
        await using var connection = await redis.ConnectAsync();
        var ledger = await CreateAsync(connection);
        await ledger.BeatAsync("a.1", "0:0", Cancellation);
        var keys = ledger.Keys;
        // The server refuses a script that writes.
        var reply = await connection.Database.ExecuteAsync("EVAL_RO", RunScripts.Look, 5, (string)keys.Control!, (string)keys.Beats!,
            (string)keys.Members!, (string)keys.Candidates!, (string)keys.Positions!, ledger.Incarnation);
        Assert.Equal("OK", (string?)reply[0]);
        var view = await ViewAsync(ledger);
        Assert.Equal("1", view.Beats["a.1"]);
        Assert.Equal("0:0", view.Positions["a.1"]);
        Assert.True(view.IsNear("a.1"));
    }

    [Fact]
    public async Task A_run_whose_keys_are_gone_is_lost_and_never_made_again()
    {
        await using var connection = await redis.ConnectAsync();
        var ledger = await CreateAsync(connection);
        await connection.Database.KeyDeleteAsync(ledger.Keys.Control);
        Assert.Equal("RunStateLost", (await Assert.ThrowsAnyAsync<RedisMLException>(() => ViewAsync(ledger))).ErrorId);
        Assert.Equal("RunStateLost", (await Assert.ThrowsAnyAsync<RedisMLException>(() => ArriveAsync(ledger, "1.1", "a.1", 1))).ErrorId);
        Assert.False(await connection.Database.KeyExistsAsync(ledger.Keys.Control));
    }

    static Task<RunLedger> CreateAsync(RedisMLConnection connection) => new RunStore(connection).CreateAsync(new()
    {
        Id = "run", Kind = TrainingWork.Kind, Datasets = [new("d", 1, "")],
        Work = RunSpecification.ToWork(new TrainingWork("m", RunFixture.Specification)),
        Nodes = RunFixture.Options with { OutageTimeout = 1 }, Started = DateTimeOffset.UnixEpoch,
    }, "a.1", Cancellation);

    /// <summary>A generation of two, both ready.</summary>
    static async Task<string> FormAsync(RunLedger ledger)
    {
        Assert.True(await ledger.ProposeAsync((await ViewAsync(ledger)).Control, ["b.1", "a.1"], RunPhase.Form, "", "a.1", restart: false,
            Cancellation));
        var generation = (await ViewAsync(ledger)).Control.Generation;
        Assert.Equal("WAIT", await ledger.ReadyAsync(generation, "a.1", 0, 0, 7, Cancellation));
        Assert.Equal("WAIT", await ledger.ReadyAsync(generation, "a.1", 0, 0, 7, Cancellation));
        Assert.Equal("RUN", await ledger.ReadyAsync(generation, "b.1", 0, 0, 7, Cancellation));
        return generation;
    }

    static Task<RunView> ViewAsync(RunLedger ledger) => ledger.LookAsync(Cancellation);

    static Task<string> ArriveAsync(RunLedger ledger, string generation, string node, long step, ulong digest = 7)
    {
        byte[] body = [(byte)step];
        var header = RunBlob.Header(ledger.Incarnation, generation, step, node, body);
        return ledger.ArriveAsync(generation, node, step, header, RunBlob.Join(header, body), digest, Cancellation);
    }
}
