using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RedisML.Connections;
using RedisML.Errors;

namespace RedisML.Benchmarks;

/// <summary>A real redis-server without persistence on a loopback port, the files to work on, and the clock.</summary>
sealed class BenchmarkContext : IAsyncDisposable
{
    const int Rounds = 5;

    const int WarmUpRounds = 3;

    /// <summary>Until the runtime has compiled what runs often.</summary>
    static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);

    readonly Process _server;
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redisml-benchmark-");

    BenchmarkContext()
    {
        Port = FreePort();
        string[] arguments = ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.FullName];
        _server = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("redis-server did not start.");
        _server.OutputDataReceived += (_, _) => { };
        _server.BeginOutputReadLine();
    }

    public int Port { get; }

    public RedisMLConnection Connection { get; private set; } = null!;

    public string Folder => _folder.FullName;

    /// <summary>The folder of the project.</summary>
    public static string ProjectRoot { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The console host, built beside this program.</summary>
    public static string Host => Path.Combine(ProjectRoot, "artifacts", "bin", "RedisML.Host", "release", "RedisML.Host.dll");

    public static async Task<BenchmarkContext> StartAsync()
    {
        var context = new BenchmarkContext();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                context.Connection = await RedisMLConnection.ConnectAsync(ConnectionSettings.For("127.0.0.1", context.Port), default);
                Console.WriteLine(
                    $"{Environment.ProcessorCount} cores, client and redis-server on this machine; each ratio is the median of rounds " +
                    "taken in turns.");
                Console.WriteLine();
                return context;
            }
            catch (RedisMLException) when (attempt < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>A file beside the project, or null where it isn't there.</summary>
    public static string? Shared(string name)
    {
        var path = Path.GetFullPath(Path.Combine(ProjectRoot, "..", "shared", name));
        return File.Exists(path) ? path : null;
    }

    /// <summary>Times both in turns; the first rounds warm up and don't count.</summary>
    /// <param name="prepare">Runs before each of both, untimed.</param>
    /// <returns>The medians of both, in seconds, and of the rounds' ratios rival / ours: above 1 ours is faster.</returns>
    public static async Task<(double Ours, double Rival, double Ratio)> CompareAsync(Func<Task> ours, Func<Task> rival,
        Func<Task>? prepare = null, int rounds = Rounds)
    {
        var times = new List<(double Ours, double Rival)>();
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < WarmUpRounds || Stopwatch.GetElapsedTime(start) < s_warmUp; round++) await RoundAsync();
        for (int round = 0; round < rounds; round++) times.Add(await RoundAsync());
        return (Median(times.Select(t => t.Ours)), Median(times.Select(t => t.Rival)), Median(times.Select(t => t.Rival / t.Ours)));

        async Task<(double Ours, double Rival)> RoundAsync() => (await PreparedAsync(ours), await PreparedAsync(rival));

        async Task<double> PreparedAsync(Func<Task> work)
        {
            if (prepare is not null) await prepare();
            return await TimeAsync(work);
        }
    }

    public static async Task<double> TimeAsync(Func<Task> work)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    public static void Heading(string text) => Console.WriteLine($"{text,-62} {"ours",14} {"rival",14} {"ratio",8} {"goal",8}");

    public static void Print(string work, string ours, string rival, double ratio, string goal) =>
        Console.WriteLine($"  {work,-60} {ours,14} {rival,14} {ratio,8:0.00} {goal,8}");

    /// <summary>Whether something that must hold did not.</summary>
    public static bool HasFailed { get; private set; }

    /// <summary>What must hold, whatever the machine is busy with: where it doesn't, the program ends with an error.</summary>
    public static void Demand(bool holds, string what)
    {
        Console.WriteLine($"    {(holds ? "holds" : "FAILS")}: {what}");
        HasFailed |= !holds;
    }

    /// <summary>Runs a program to its end and returns what it printed; null where it isn't there or fails.</summary>
    public static async Task<string?> TryRunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process =
                Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await errors;
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Connection is not null) await Connection.DisposeAsync();
        _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "RedisML.slnx")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
