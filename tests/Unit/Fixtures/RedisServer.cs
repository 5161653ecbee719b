using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RedisML.Connections;

namespace RedisML.Unit.Fixtures;

/// <summary>A real redis-server on a free loopback port, without persistence, in a temporary folder.</summary>
public sealed class RedisServer : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redisml-test-");
    readonly string _program = Program ?? throw new FileNotFoundException("redis-server is not installed");
    readonly string _configuration;
    readonly string[] _arguments;
    Process _process;

    /// <param name="options">More lines of configuration, such as <c>requirepass secret</c>; with one for a sentinel it is one.</param>
    public RedisServer(params string[] options)
    {
        Port = FreePort();
        _configuration = Path.Combine(_folder.FullName, "redis.conf");
        _arguments = options.Any(o => o.StartsWith("sentinel ", StringComparison.Ordinal)) ? [_configuration, "--sentinel"]
            : [_configuration];
        File.WriteAllLines(_configuration,
            ["bind 127.0.0.1", $"port {Port}", $"dir {_folder.FullName}", "save \"\"", "appendonly no", .. options]);
        _process = Start();
    }

    /// <summary>The path of redis-server, or null where it isn't installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "redis-server.exe" : "redis-server"))
        .FirstOrDefault(File.Exists);

    public int Port { get; }

    /// <summary>What reaches the server, under a prefix that nobody else uses.</summary>
    public ConnectionSettings NewSettings() => ConnectionSettings.For("127.0.0.1", Port) with { Prefix = TestPrefix.New() };

    public Task<RedisMLConnection> ConnectAsync() => RedisMLConnection.ConnectAsync(NewSettings(), TestContext.Current.CancellationToken);

    public static void SkipIfMissing() => Assert.SkipWhen(Program is null, "redis-server is not installed");

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Sends a signal to the process, such as STOP.</summary>
    public void Signal(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends the process at once, as kill -9 does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Starts it again on the same port.</summary>
    public void Restart()
    {
        _process.Dispose();
        _process = Start();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    Process Start()
    {
        var process = Process.Start(new ProcessStartInfo(_program, _arguments) { RedirectStandardOutput = true })!;
        process.BeginOutputReadLine();
        for (var watch = Stopwatch.StartNew(); ; Thread.Sleep(20))
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, Port);
                return process;
            }
            catch (SocketException) when (watch.Elapsed < Patience.Event && !process.HasExited) { }
        }
    }
}
