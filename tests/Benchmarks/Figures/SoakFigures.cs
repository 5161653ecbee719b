using System.Diagnostics;
using RedisML.Datasets;
using RedisML.Datasets.Importing;
using RedisML.Models;
using RedisML.Training;

namespace RedisML.Benchmarks.Figures;

/// <summary>Run after run, whose nodes are killed and joined by others at random: each must end with the right model, and memory stay flat.</summary>
static class SoakFigures
{
    const int MaxNodes = 4;

    /// <summary>A softmax of some thousand steps.</summary>
    public static TrainingSpecification Specification { get; } = new()
    {
        Algorithm = Algorithm.Softmax,
        Label = "i3",
        Derived = [new("a", "f1 * f2"), new("b", "f2 * f3"), new("c", "f1 * f3")],
        Features = ["f1", "f2", "f3", "f4", "a", "b", "c"],
        Tolerance = 0,
        MaxIteration = 2000,
    };

    public static async Task RunAsync(BenchmarkContext context, TimeSpan duration)
    {
        await DatasetImport.RunAsync(context.Connection, SampleFiles.Numeric(context.Folder, 20), new() { Dataset = "nodes" }, null, default);
        var dataset = await new DatasetStore(context.Connection).GetAsync("nodes");
        var specification = Specification with { MaxIteration = 300 };
        double expected = (await TrainFigures.TrainAsync(context, dataset, specification, 1)).Loss;
        var random = new Random();
        var watch = Stopwatch.StartNew();
        long firstMemory = 0;
        for (int run = 1; watch.Elapsed < duration; run++)
        {
            var (killed, joined) = (0, 0);
            var training = await ModelTraining.StartAsync(context.Connection, dataset, "soak", specification, 1,
                new() { NodeCount = 2, MaxNode = MaxNodes, NodeTimeout = 1, CheckpointInterval = 0.5 }, default);
            new Thread(() => training.Work(0, default)) { IsBackground = true }.Start();
            var nodes = new List<Process> { NodeChild.Start(context, training.Run.Id) };
            while (!training.Completion.IsCompleted)
            {
                await Task.WhenAny(training.Completion, Task.Delay(random.Next(500, 3000)));
                nodes.RemoveAll(node => node.HasExited);
                if (training.Completion.IsCompleted) break;
                if (nodes.Count > 0 && random.Next(2) == 0)
                {
                    nodes[random.Next(nodes.Count)].Kill();
                    killed++;
                }
                else if (nodes.Count < MaxNodes - 1)
                {
                    nodes.Add(NodeChild.Start(context, training.Run.Id));
                    joined++;
                }
            }
            var result = await training.Completion;
            if (Math.Abs(result.Loss - expected) > 1e-6)
                throw new InvalidOperationException($"Run {run} ended with loss {result.Loss}; {expected} is right.");
            foreach (var node in nodes) await node.WaitForExitAsync();
            await new RunStore(context.Connection).RemoveAsync(result.Id, default);
            GC.Collect();
            long memory = GC.GetTotalMemory(forceFullCollection: true);
            if (run == 1) firstMemory = memory;
            Console.WriteLine($"{watch.Elapsed:hh\\:mm\\:ss} run {run}: {killed} killed, {joined} joined, loss {result.Loss:0.000000} is right, {memory / 1e6:0.0} MB ({(memory - firstMemory) / 1e6:+0.0;-0.0} since the first)");
        }
    }
}
