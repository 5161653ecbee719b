using System.Globalization;

namespace RedisML.Benchmarks.Figures;

/// <summary>What it costs that a step is a script's.</summary>
static class ScriptFigures
{
    /// <summary>Batches of 100 rows, of which the script does nothing: the time of 10,000 steps, in milliseconds each,
    /// beside the built-in model's.</summary>
    const string Script = """
        param($connection, $file)
        $null = Connect-RedisML $connection -Prefix script
        $null = Import-RedisTrainingData $file -Dataset rows -Force
        $idle = { param($Batch, $Parameter, $Context) @{ Loss = 0.0; weight = $Parameter.weight; intercept = $Parameter.intercept } }
        function Measure-Step($arguments) {
            $times = 1, 11 | ForEach-Object {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                $null = Start-RedisDistributedTraining rows -Model m -Algorithm Linear -Label y -Optimizer Sgd -BatchSize 100 -Epoch $_ -WorkerCount 1 -Wait @arguments
                $watch.Elapsed.TotalMilliseconds
            }
            ($times[1] - $times[0]) / 10000
        }
        foreach ($round in 1..4) { (@{ ScriptBlock = $idle }, @{} | ForEach-Object { (Measure-Step $_).ToString('R', [cultureinfo]::InvariantCulture) }) -join ' ' }
        """;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("A script (milliseconds)");
        var (script, rows) = (Path.Combine(context.Folder, "script.ps1"), Path.Combine(context.Folder, "rows.csv"));
        await File.WriteAllTextAsync(script, Script);
        await File.WriteAllTextAsync(rows, "a,b,c,y\n"
            + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i % 17}.5,{i % 23},{i % 7},{i % 11}\n")));
        var host = Path.Combine(BenchmarkContext.ProjectRoot, "artifacts", "bin", "RedisML.Host", "release", "RedisML.Host.dll");
        var output = await BenchmarkContext.TryRunAsync("dotnet", host, script, $"127.0.0.1:{context.Port}", rows)
            ?? throw new InvalidOperationException("The script failed.");
        var times = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(' ').Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray()).ToList();
        double ours = BenchmarkContext.Median(times.Select(t => t[0])), builtIn = BenchmarkContext.Median(times.Select(t => t[1]));
        BenchmarkContext.Print("a step of an idle script | of the built-in model (limit: 0.5 more)", $"{ours:0.000}", $"{builtIn:0.000}",
            0.5 / (ours - builtIn), "1");
        Console.WriteLine();
    }
}
