namespace RedisML.Benchmarks.Figures;

/// <summary>What importing the module adds to the start of a shell.</summary>
static class ModuleFigures
{
    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Start (milliseconds)");
        await CompareAsync("Import-Module in a bare host | the host without (limit: 100 more)", "RedisML");
        // What PowerShell takes for the least that a module can be: a manifest and one cmdlet.
        if (ThreadJob() is { } one) await CompareAsync("  PowerShell's own ThreadJob, one cmdlet | the host without", one);
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

        static string? ThreadJob()
        {
            var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            var tool = new DirectoryInfo(Path.Combine(packages, "powershell")); // as .config/dotnet-tools.json restores it
            return tool.Exists ? tool.EnumerateFiles("Microsoft.PowerShell.ThreadJob.psd1", SearchOption.AllDirectories)
                .Select(file => file.FullName).FirstOrDefault(
                    path => path.Split(Path.DirectorySeparatorChar).Contains(OperatingSystem.IsWindows() ? "win" : "unix")) : null;
        }

        async Task StartAsync(string command)
        {
            if (await BenchmarkContext.TryRunAsync("dotnet", BenchmarkContext.Host, "-Command", command) is null)
                throw new InvalidOperationException($"The host failed on {command}.");
        }
    }
}
