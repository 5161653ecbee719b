using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Runs;
using RedisML.Training;

namespace RedisML.Benchmarks.Figures;

/// <summary>Run after run, whose nodes are killed and joined by others at random: each must end with the right model,
/// and memory stay flat.</summary>
static partial class SoakFigures
{
    const int MaxNodes = 4;
    static readonly TimeSpan s_runLimit = TimeSpan.FromMinutes(5);

    /// <summary>A softmax of some thousand steps.</summary>
    public static TrainingSpecification Specification { get; } = new()
    {
        Algorithm = "Softmax",
        Label = "i3",
        Derived = [new("a", "f1 * f2"), new("b", "f2 * f3"), new("c", "f1 * f3")],
        Features = ["f1", "f2", "f3", "f4", "a", "b", "c"],
        Tolerance = 0,
        MaxIteration = 2000,
    };

    public static async Task RunAsync(BenchmarkContext context, TimeSpan duration)
    {
        await DatasetImport.RunAsync(context.Connection, SampleFiles.Numeric(context.Folder, 20), new() { Dataset = "nodes" }, null,
            default);
        var dataset = await new DatasetStore(context.Connection).GetAsync("nodes");
        var specification = Specification with { MaxIteration = 300 };
        double expected = (await TrainFigures.TrainAsync(context, dataset, specification, 1)).Loss;
        var random = new Random();
        var watch = Stopwatch.StartNew();
        var samples = new List<Sample>();
        var (allKilled, allJoined) = (0, 0);
        while (watch.Elapsed < duration)
        {
            var (killed, joined) = (0, 0);
            var training = await ModelTraining.StartAsync(context.Connection, dataset, "soak", specification, 1,
                new() { NodeCount = 2, MaxNode = MaxNodes, NodeTimeout = 1, CheckpointInterval = 0.5 }, default);
            new Thread(() => training.Work(0, default)) { IsBackground = true }.Start();
            var deadline = Task.Delay(s_runLimit);
            var nodes = new List<Process> { NodeChild.Start(context, training.Run.Id) };
            while (!training.Completion.IsCompleted)
            {
                await Task.WhenAny(training.Completion, Task.Delay(random.Next(500, 3000)));
                nodes.RemoveAll(node => node.HasExited);
                if (training.Completion.IsCompleted) break;
                if (deadline.IsCompleted) throw new InvalidOperationException(
                    $"Run {samples.Count + 1} hangs at step {training.Run.Step}: {training.Run.Reason}");
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
                throw new InvalidOperationException($"Run {samples.Count + 1} ended with loss {result.Loss}; {expected} is right.");
            foreach (var node in nodes) await node.WaitForExitAsync();
            await new RunStore(context.Connection).RemoveAsync(result.Id, default);
            await new ModelStore(context.Connection).RemoveAsync("soak", default);
            (allKilled, allJoined) = (allKilled + killed, allJoined + joined);
            samples.Add(await Sample.TakeAsync(context));
            Console.WriteLine(
                $"{watch.Elapsed:hh\\:mm\\:ss} run {samples.Count}: {killed} killed, {joined} joined, loss {result.Loss:0.000000} is " +
                $"right; {samples[^1]}");
        }
        int quarter = Math.Max(1, samples.Count / 4);
        Console.WriteLine($"{samples.Count} runs, {allKilled} nodes killed, {allJoined} joined; every run ended with the right model.");
        Console.WriteLine($"first quarter (median): {Sample.Median(samples.Take(quarter))}");
        Console.WriteLine($"last quarter (median):  {Sample.Median(samples.TakeLast(quarter))}");
    }

    /// <summary>What this process and the server hold between two runs.</summary>
    sealed record Sample(double Managed, double Resident, double Threads, double Server, double Keys)
    {
        public static async Task<Sample> TakeAsync(BenchmarkContext context)
        {
            long managed = GC.GetTotalMemory(forceFullCollection: true);
            using var self = Process.GetCurrentProcess();
            var memory = (string)(await context.Connection.Database.ExecuteAsync("INFO", "memory"))!;
            return new(managed / 1e6, self.WorkingSet64 / 1e6, self.Threads.Count,
                double.Parse(UsedMemory().Match(memory).Groups[1].Value, CultureInfo.InvariantCulture) / 1e6,
                (double)await context.Connection.Database.ExecuteAsync("DBSIZE"));
        }

        public static Sample Median(IEnumerable<Sample> samples)
        {
            var all = samples.ToList();
            return new(Of(s => s.Managed), Of(s => s.Resident), Of(s => s.Threads), Of(s => s.Server), Of(s => s.Keys));

            double Of(Func<Sample, double> figure) => BenchmarkContext.Median(all.Select(figure));
        }

        public override string ToString() =>
            $"managed {Managed:0.0} MB, process {Resident:0} MB, {Threads} threads; server {Server:0.0} MB, {Keys} keys";
    }

    [GeneratedRegex(@"used_memory:(\d+)")]
    private static partial Regex UsedMemory();
}
