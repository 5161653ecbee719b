namespace RedisML.Benchmarks.Figures;

/// <summary>What importing the module adds to the start of a shell.</summary>
static class ModuleFigures
{
    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Start (milliseconds)");
        await CompareAsync("Import-Module in a bare host | the host without (limit: 100 more)", "RedisML");
        // Without manifest, cmdlets and views.
        await CompareAsync("  its smallest assembly alone | the host without",
            Path.Combine(Path.GetDirectoryName(BenchmarkContext.Host)!, "Modules", "RedisML", "RedisML.Loading.dll"));
        Console.WriteLine();

        async Task CompareAsync(string work, string module)
        {
            var (with, without, _) = await BenchmarkContext.CompareAsync(
                () => StartAsync($"Import-Module '{module}'"), () => StartAsync("$null"));
            BenchmarkContext.Print(work, $"{1000 * with:N0}", $"{1000 * without:N0}", without / with, $"+{1000 * (with - without):N0}");
        }

        async Task StartAsync(string command)
        {
            if (await BenchmarkContext.TryRunAsync("dotnet", BenchmarkContext.Host, "-Command", command) is null)
                throw new InvalidOperationException($"The host failed on {command}.");
        }
    }
}
