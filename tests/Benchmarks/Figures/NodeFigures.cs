using System.Diagnostics;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.Runs;
using RedisML.Runs.Exchange;
using RedisML.Runs.Nodes;
using RedisML.Training;
using RedisML.Training.Optimization;
using StackExchange.Redis;

namespace RedisML.Benchmarks.Figures;

/// <summary>What it costs that nodes agree through Redis.</summary>
static class NodeFigures
{
    const int Steps = 1500;
    const int WarmUp = 300;
    const int LargeNumbers = 1 << 17; // 1 MB

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Steps of two nodes (milliseconds)");
        double small = await StepAsync(context, length: 20, Steps);
        BenchmarkContext.Print("a step of two nodes, a model of 20 parameters | limit", $"{small:0.000}", "0.500", 0.5 / small, "1");
        await ExchangeAsync(context);
        Console.WriteLine();
    }

    static async Task ExchangeAsync(BenchmarkContext context)
    {
        var database = context.Connection.Database;
        var value = new byte[LargeNumbers * sizeof(double)];
        new Random(1).NextBytes(value);
        RedisKey key = "benchmark:exchange";
        var (ours, rival) = (new List<double>(), new List<double>());
        for (int round = 0; round < 6; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 100; i++)
            {
                await database.StringSetAsync(key, value);
                using var lease = await database.StringGetLeaseAsync(key);
            }
            rival.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / 100);
            ours.Add(await StepAsync(context, LargeNumbers, 150));
        }
        await database.KeyDeleteAsync(key);
        double ratio = BenchmarkContext.Median(ours.Zip(rival, (o, r) => o / r).Skip(1));
        BenchmarkContext.Print("1 MB added up over two nodes | SET + GET of it (at most 3 times)",
            $"{BenchmarkContext.Median(ours.Skip(1)):0.00}",
            $"{BenchmarkContext.Median(rival.Skip(1)):0.00}", 3 / ratio, "1");
    }

    /// <summary>The time of a step without arithmetic, from contributions to the sum, over two connections.</summary>
    static async Task<double> StepAsync(BenchmarkContext context, int length, int steps)
    {
        await using var other = await RedisMLConnection.ConnectAsync(ConnectionSettings.For("127.0.0.1", context.Port), default);
        var id = Guid.NewGuid().ToString("n");
        var specification = new RunSpecification
        {
            Id = id, Kind = TrainingWork.Kind, Datasets = [new("none", 1, "")], Started = DateTimeOffset.UtcNow,
            Work = RunSpecification.ToWork(new TrainingWork("benchmark", TrainFigures.Late)),
            Nodes = new() { NodeCount = 2, CheckpointInterval = 1e6 },
        };
        var store = new RunStore(context.Connection);
        var (first, second) = ("a.1", "b.1");
        var ledger = await store.CreateAsync(specification, first, default);
        await using var one = new RunNode(ledger, 1, first);
        await one.StartAsync(isMember: true, default);
        var (otherLedger, _) = await new RunStore(other).OpenAsync(id, default);
        await using var two = new RunNode(otherLedger, 1, null);
        await two.StartAsync(isMember: false, default);
        var results = await Task.WhenAll(
            new[] { one, two }.Select(node => Task.Factory.StartNew(() => Drive(node, length, steps), TaskCreationOptions.LongRunning)));
        await ledger.StopAsync("measured", force: true, default);
        await store.RemoveAsync(id, default);
        return results.Max();
    }

    static double Drive(RunNode node, int length, int steps)
    {
        const int leaves = 64;
        var team = new WorkerTeam();
        var link = new NodeLink(node);
        link.Use(_ => { }, leaves);
        var times = new double[steps];
        team.Lead(() =>
        {
            var replica = new RunReplica(link, link.Enter(team.Wait));
            var state = new Lbfgs(new double[1], new DiagonalPreconditioner([1]), new(), 1, 0);
            replica.Commit(state);
            var vector = new double[length];
            for (int step = 0; step < steps; step++)
            {
                long start = Stopwatch.GetTimestamp();
                replica.Sum(length, share => [.. LeafTree.Branches(share, leaves).Select(_ => vector.AsMemory())]);
                replica.Commit(state);
                times[step] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }, default);
        return BenchmarkContext.Median(times.Skip(Math.Min(WarmUp, steps / 3)));
    }

    /// <summary>From kill -9 of one of two node processes to the other's next step.</summary>
    public static async Task KillAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("A node is killed (milliseconds)");
        await DatasetImport.RunAsync(context.Connection, SampleFiles.Numeric(context.Folder, 20), new() { Dataset = "nodes" }, null,
            default);
        await KillAsync(context, timeout: 1, rounds: 3);
        await KillAsync(context, new NodeOptions().NodeTimeout, rounds: 1);
        Console.WriteLine();
    }

    static async Task KillAsync(BenchmarkContext context, double timeout, int rounds)
    {
        var times = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            var dataset = await new DatasetStore(context.Connection).GetAsync("nodes");
            var training = await ModelTraining.StartAsync(context.Connection, dataset, "benchmark", SoakFigures.Specification, 1,
                new() { NodeCount = 2, NodeTimeout = timeout }, default);
            new Thread(() => training.Work(0, default)) { IsBackground = true }.Start();
            using var process = NodeChild.Start(context, training.Run.Id);
            while (training.Run.Step < 5) await Task.Delay(5);
            process.Kill();
            long start = Stopwatch.GetTimestamp();
            // What was decided already may still arrive.
            await Task.Delay(100);
            int step = training.Run.Step;
            while (training.Run.Step == step) await Task.Delay(1);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            await new RunStore(context.Connection).StopAsync(training.Run.Id, default);
            try { await training.Completion; }
            catch (OperationCanceledException) { }
        }
        double slowest = times.Max();
        BenchmarkContext.Print($"next step after kill -9, suspected after {timeout:0} s | that and 2 s", $"{1000 * slowest:0}",
            $"{1000 * (timeout + 2):0}", (timeout + 2) / slowest, "1");
    }
}
