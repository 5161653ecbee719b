namespace RedisML.Benchmarks.Figures;

/// <summary>What importing the module adds to the start of a shell.</summary>
static class ModuleFigures
{
    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Start (milliseconds)");
        var (with, without, _) = await BenchmarkContext.CompareAsync(() => StartAsync("Import-Module RedisML"), () => StartAsync("$null"));
        BenchmarkContext.Print("Import-Module in a bare host | the host without (limit: 100 more)", $"{1000 * with:N0}",
            $"{1000 * without:N0}", without / with, $"+{1000 * (with - without):N0}");
        Console.WriteLine();

        async Task StartAsync(string command)
        {
            if (await BenchmarkContext.TryRunAsync("dotnet", BenchmarkContext.Host, "-Command", command) is null)
                throw new InvalidOperationException($"The host failed on {command}.");
        }
    }
}
