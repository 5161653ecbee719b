using RedisML.Benchmarks;
using RedisML.Benchmarks.Figures;
using RedisML.Benchmarks.Fuzzing;

// dotnet run -c Release --project tests/Benchmarks [-- name…]
// Without a name: every figure of the design, each beside its limit or rival, measured in turns in this run. "references": the
// reference results on real data, ours beside scikit-learn's. "soak [minutes]" trains with nodes that are killed and joined at random, for
// half an hour unless told otherwise.
// "fuzz [minutes] [seed]" reads broken inputs of all kinds, and keeps those that fail otherwise than by a typed error in artifacts/fuzz.
if (args is ["import-for-memory", var path, var port])
{
    await MemoryFigures.ChildAsync(path, int.Parse(port));
    return 0;
}
if (args is [NodeChild.Command, var nodePort, var runId]) return await NodeChild.RunAsync(int.Parse(nodePort), runId);
if (args is ["soak", ..])
{
    await using var soak = await BenchmarkContext.StartAsync();
    await SoakFigures.RunAsync(soak,
        TimeSpan.FromMinutes(args.Length > 1 ? double.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 30));
    return 0;
}
if (args is ["fuzz", var kept] && File.Exists(kept))
{
    // As it is, to be looked at.
    string name = Path.GetFileName(kept);
    FuzzTargets.All.Single(target => target.Name == name[..name.LastIndexOf('-')]).Read(File.ReadAllBytes(kept));
    return 0;
}
if (args is ["fuzz", ..])
{
    double minutes = args.Length > 1 ? double.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 60;
    int seed = args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : Environment.TickCount;
    return FuzzRunner.RunFor(TimeSpan.FromMinutes(minutes), seed, Path.Combine("artifacts", "fuzz")) == 0 ? 0 : 1;
}
(string Name, Func<BenchmarkContext, Task> Run)[] benchmarks =
[
    ("import", ImportFigures.RunAsync),
    ("formats", FormatFigures.RunAsync),
    ("hash", HashFigures.RunAsync),
    ("sealing", SealingFigures.RunAsync),
    ("memory", MemoryFigures.RunAsync),
    ("profile", ProfileFigures.RunAsync),
    ("read", ReadFigures.RunAsync),
    ("train", TrainFigures.RunAsync),
    ("workers", TrainFigures.WorkersAsync),
    ("nodes", NodeFigures.RunAsync),
    ("kill", NodeFigures.KillAsync),
    ("script", ScriptFigures.RunAsync),
    ("online", OnlineFigures.RunAsync),
    ("online-kill", OnlineFigures.KillAsync),
    ("network", NetworkFigures.RunAsync),
    ("language", LanguageFigures.RunAsync),
    ("onnx", OnnxFigures.RunAsync),
    ("module", ModuleFigures.RunAsync),
    ("recommend", RecommendFigures.RunAsync),
    ("predict", PredictFigures.RunAsync),
    ("serve", ServeFigures.RunAsync),
    ("boost", BoostFigures.RunAsync),
    ("references", References.RunAsync),
];
if (args.FirstOrDefault(a => benchmarks.All(b => b.Name != a)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'; there are {string.Join(", ", benchmarks.Select(b => b.Name))}.");
    return 1;
}
await using var context = await BenchmarkContext.StartAsync();
foreach (var (name, run) in benchmarks)
    if (args.Length == 0 || args.Contains(name)) await run(context);
return BenchmarkContext.HasFailed ? 1 : 0;
