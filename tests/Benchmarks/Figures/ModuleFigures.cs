using System.Runtime.InteropServices;

namespace RedisML.Benchmarks.Figures;

/// <summary>What importing the module adds to the start of a shell.</summary>
/// <remarks>
/// PowerShell's installers bring it compiled ahead; the dotnet tool, and the Host as the build makes it, compile PowerShell's own
/// importing of a module anew in each process.
/// </remarks>
static class ModuleFigures
{
    const int Rounds = 15;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Start (milliseconds), with Import-Module | without");
        var compiled = await PublishAsync(context);
        await RunAsync("compiled ahead", compiled, limit: "(limit: 100 more)");
        await RunAsync("as the dotnet tool", BenchmarkContext.Host, limit: "");
        Console.WriteLine();
    }

    static async Task RunAsync(string shell, string host, string limit)
    {
        await CompareAsync($"{shell}: RedisML {limit}",
            Path.Combine(Path.GetDirectoryName(host)!, "Modules", "RedisML", "RedisML.psd1"));
        // What PowerShell takes for the least that a module can be: a manifest and one cmdlet.
        if (ThreadJob() is { } one) await CompareAsync("  PowerShell's own ThreadJob, one cmdlet", one);

        async Task CompareAsync(string work, string manifest)
        {
            var (with, without, ratio) = await BenchmarkContext.CompareAsync(
                () => StartAsync($"Import-Module '{manifest}'"), () => StartAsync("$null"), rounds: Rounds);
            BenchmarkContext.Print(work, $"{1000 * with:N0}", $"{1000 * without:N0}", ratio, $"+{1000 * (with - without):N0}");
        }

        async Task StartAsync(string command)
        {
            if (await BenchmarkContext.TryRunAsync("dotnet", host, "-NoProfile", "-Command", command) is null)
                throw new InvalidOperationException($"The host failed on {command}.");
        }
    }

    /// <summary>The Host with PowerShell compiled for this machine, which takes a minute.</summary>
    static async Task<string> PublishAsync(BenchmarkContext context)
    {
        var folder = Path.Combine(context.Folder, "host");
        return await BenchmarkContext.TryRunAsync("dotnet", "publish", Path.Combine(BenchmarkContext.ProjectRoot, "src", "RedisML.Host"),
            "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--no-self-contained", "-p:PublishReadyToRun=true", "-o", folder)
            is null ? throw new InvalidOperationException("The Host could not be published.") : Path.Combine(folder, "RedisML.Host.dll");
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
}
