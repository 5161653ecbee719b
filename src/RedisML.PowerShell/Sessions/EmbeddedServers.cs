using System.Management.Automation;
using System.Net.Sockets;
using System.Security;
using RedisML.Errors;
using RedisML.Loading;
using RedisML.Processes;

namespace RedisML.PowerShell.Sessions;

/// <summary>The embedded servers of this process. They live as long as it does, unless stopped.</summary>
static class EmbeddedServers
{
    /// <summary>The HRESULT of a file that is locked, on every platform as the server throws it.</summary>
    const int SharingViolation = unchecked((int)0x80070020);

    static readonly TimeSpan s_exitPatience = TimeSpan.FromSeconds(10);
    static readonly SemaphoreSlim s_turn = new(1);
    static readonly Lazy<Func<string?, int, IAsyncDisposable>> s_start = new(LoadStart);
    static volatile RedisMLServer[] s_running = [];

    internal static IReadOnlyList<RedisMLServer> Running => s_running;

    internal static async Task<RedisMLServer> StartAsync(string? dataDirectory, int port, ServerCommands commands,
        CancellationToken cancellation)
    {
        await s_turn.WaitAsync(cancellation).ConfigureAwait(false);
        RedisMLServer server;
        try { server = Start(dataDirectory, port, commands); }
        finally { s_turn.Release(); }
        try
        {
            foreach (var model in commands.Models) await server.Models.PinAsync(model, cancellation).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await StopAsync(server).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The server of this process that keeps its data there; started where there is none.</summary>
    /// <param name="prefix">Of the keys by which commands find models, where it is started.</param>
    internal static async Task<RedisMLServer> FindOrStartAsync(string? dataDirectory, string prefix, CancellationToken cancellation)
    {
        await s_turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return s_running.FirstOrDefault(s => s.DataDirectory == dataDirectory)
                ?? Start(dataDirectory, port: 0, new() { Prefix = prefix });
        }
        finally { s_turn.Release(); }
    }

    /// <summary>Closes all connections to the server and stops it. Does nothing if it has been stopped.</summary>
    internal static async Task StopAsync(RedisMLServer server)
    {
        await s_turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!s_running.Contains(server)) return;
            await ConnectionSession.CloseEverywhereAsync(c => c.Endpoint == server.Endpoint).ConfigureAwait(false);
            await server.StopAsync().ConfigureAwait(false);
            s_running = [.. s_running.Where(s => s != server)];
        }
        finally
        {
            s_turn.Release();
        }
    }

    static RedisMLServer Start(string? dataDirectory, int port, ServerCommands commands)
    {
        var start = s_start.Value;
        IAsyncDisposable running;
        try
        {
            running = start(dataDirectory, port);
        }
        catch (IOException e) when (e.HResult == SharingViolation)
        {
            throw new RedisMLException("DataDirectoryInUse", ErrorKind.ResourceBusy,
                $"Another server uses '{dataDirectory}'. Stop it, connect to it, or take another directory.", dataDirectory, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RedisMLException("DataDirectoryUnusable", ErrorKind.WriteError,
                $"The embedded server can't keep its data: {e.Message}", dataDirectory, e);
        }
        catch (SocketException e)
        {
            throw new RedisMLException("PortUnusable", ErrorKind.ResourceBusy,
                $"The embedded server can't listen on port {port}: {e.Message}. Take another, or none for one that is free.", port, e);
        }
        catch (Exception e)
        {
            throw new RedisMLException("ServerNotStarted", ErrorKind.ResourceUnavailable,
                $"The embedded server didn't start: {e.Message}", dataDirectory, e);
        }
        var missing = running.GetType().GetProperty("MissingDiskBytes")!.GetMethod!.CreateDelegate<Func<long>>(running);
        var server = new RedisMLServer(running, Get<int>("Port"), ToCredential(Get<string>("Password")), dataDirectory, missing, commands);
        var add = running.GetType().GetMethod("AddCommand")!.CreateDelegate<AddCommand>(running);
        var prefixes = commands.KeyPrefixes.ToArray();
        add("ML.PREDICT", 3, () => server.Models.NewSession().Predict, prefixes);
        add("ML.MPREDICT", 4, () => server.Models.NewSession().PredictMany, prefixes);
        s_running = [.. s_running, server];
        return server;

        T Get<T>(string property) => (T)running.GetType().GetProperty(property)!.GetValue(running)!;
    }

    /// <summary>As the server declares it; only types of the base library are the same there.</summary>
    delegate void AddCommand(string name, int arity,
        Func<Func<ReadOnlySpan<byte>, ReadOnlySpan<int>, int, ReadOnlyMemory<byte>>> newHandler, string[] keyPrefixes);

    static PSCredential ToCredential(string password)
    {
        var secure = new SecureString();
        foreach (char c in password) secure.AppendChar(c);
        secure.MakeReadOnly();
        return new("default", secure);
    }

    /// <summary>Loads the server on first use. Only types of the base library are the same in its load context.</summary>
    static Func<string?, int, IAsyncDisposable> LoadStart()
    {
        ProcessEnd.Register(StopAll);
        var type = ModuleContexts.LoadServer().GetType("RedisML.EmbeddedServer.EmbeddedServer", throwOnError: true)!;
        return type.GetMethod("Start")!.CreateDelegate<Func<string?, int, IAsyncDisposable>>();
    }

    /// <summary>The process ends when this returns, so it has to block: acknowledged writes must reach their files.</summary>
    /// <remarks>Nor may it throw: that would abort the process. Who is there to read it, is told.</remarks>
    static void StopAll()
    {
        Task[] stopping = [.. s_running.Select(s => Task.Run(() => s.StopAsync().AsTask()))];
        string? cause = null;
        try { if (!Task.WaitAll(stopping, s_exitPatience)) cause = "it doesn't stop"; }
        catch (AggregateException e) { cause = e.GetBaseException().Message; }
        if (cause is not null)
            Console.Error.WriteLine($"The embedded server of RedisML may not have kept all its data: {cause.TrimEnd('.')}.");
    }
}
