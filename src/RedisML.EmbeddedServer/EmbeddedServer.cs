using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Garnet;
using Garnet.server;

namespace RedisML.EmbeddedServer;

/// <summary>A Redis server in this process (Garnet): on loopback alone, behind a random password.</summary>
/// <remarks>
/// The module loads this assembly into a load context of its own, so only types of the base library may appear in public members.
/// </remarks>
public sealed class EmbeddedServer : IAsyncDisposable
{
    const int PortAttempts = 10;
    const int PasswordBytes = 24;

    /// <summary>Commands run on threads of the pool, a blocked one occupies its thread,
    /// and the pool grows by one or two a second.</summary>
    const int MinWorkerThreads = 256, MinCompletionThreads = 64;

    readonly DataFolder _folder;
    readonly GarnetServer _server;
    readonly FileModes _modes;
    readonly DiskRoom _room;

    EmbeddedServer(DataFolder folder, int port, string password)
    {
        _folder = folder;
        Port = port;
        Password = password;
        _server = new(ServerOptions.Create(folder, port, password));
        // The folder of what doesn't last is its user's alone already.
        _modes = new(folder.Path);
        _room = new(folder);
        try
        {
            _server.Start();
        }
        catch (Exception e)
        {
            _modes.Dispose();
            _server.Dispose();
            if (e.InnerException is SocketException cause) throw cause;
            throw;
        }
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The password of the user <c>default</c>; another one at every start.</summary>
    public string Password { get; }

    /// <summary>How much room its disk lacks for it to take more data; 0 where there is enough, or nothing is kept.</summary>
    /// <remarks>Garnet doesn't survive a write that its disk refuses: it answers nothing any more. So the data must stop before.</remarks>
    public long MissingDiskBytes => _room.Missing;

    /// <summary>Starts a server; returns when it answers.</summary>
    /// <param name="directory">Where the data lasts, through kill -9 too; null for a server whose data ends with it.</param>
    /// <param name="port">The port, or 0 for a free one.</param>
    /// <exception cref="IOException">The directory can't be used; with the HRESULT of a sharing violation,
    /// another server uses it.</exception>
    /// <exception cref="SocketException">The port can't be used.</exception>
    public static EmbeddedServer Start(string? directory = null, int port = 0)
    {
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, MinWorkerThreads), Math.Max(completions, MinCompletionThreads));
        var folder = directory is null ? DataFolder.Temporary() : DataFolder.Lasting(directory);
        try
        {
            var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes));
            if (port != 0) return new(folder, port, password);
            for (int attempt = 1; ; attempt++)
            {
                try { return new(folder, FreePort(), password); }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < PortAttempts) { }
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Adds a command, for clients of now and of later.</summary>
    /// <param name="arity">The least arguments, the name among them.</param>
    /// <param name="newHandler">Makes what answers a client: arguments as one text with the end of each, and the version of the protocol,
    /// to a reply that is valid until the next call. It must take microseconds: others wait meanwhile.</param>
    /// <param name="keyPrefixes">Where the second of two arguments is <c>@</c> and a key that starts with one of these, fields and
    /// values of that hash come behind it.</param>
    public void AddCommand(string name, int arity, Func<Func<ReadOnlySpan<byte>, ReadOnlySpan<int>, int, ReadOnlyMemory<byte>>> newHandler,
        string[] keyPrefixes)
    {
        byte[][] prefixes = [.. keyPrefixes.Select(Encoding.UTF8.GetBytes)];
        var info = new RespCommandsInfo
        {
            Name = name,
            Arity = -arity,
            Flags = RespCommandFlags.Fast | RespCommandFlags.ReadOnly,
            AclCategories = RespAclCategories.Fast | RespAclCategories.Read | RespAclCategories.Custom,
        };
        _server.Register.NewProcedure(name, () => new HandlerCommand(newHandler().Invoke, prefixes), info);
    }

    /// <summary>Stops the server. All acknowledged writes are in the directory then, if it has one; else nothing is left of it.</summary>
    public async ValueTask DisposeAsync()
    {
        // Garnet's own Dispose doesn't flush the append-only file.
        if (_folder.Lasts) await _server.Store.CommitAOFAsync(default).ConfigureAwait(false);
        _server.Dispose();
        _modes.Dispose();
        _folder.Dispose();
    }

    /// <summary>A port that was free just now: Garnet binds port 0 but doesn't tell which port that gave.</summary>
    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
