namespace RedisML.EmbeddedServer;

/// <summary>The folder of a server, locked for it: Garnet doesn't, and two servers on one folder destroy each other's data.</summary>
sealed class DataFolder : IDisposable
{
    const string TemporaryPrefix = "redisml-server-";
    internal const string LockName = "server.lock";

    /// <summary>The HRESULT of Windows; elsewhere it would be another number.</summary>
    const int SharingViolation = unchecked((int)0x80070020);

    readonly FileStream _lock;

    DataFolder(string path, bool lasts)
    {
        Path = path;
        Lasts = lasts;
        _lock = Lock(path, FileMode.OpenOrCreate, lasts ? FileOptions.None : FileOptions.DeleteOnClose);
    }

    internal string Path { get; }

    /// <summary>Whether the data outlives the server.</summary>
    internal bool Lasts { get; }

    internal static DataFolder Lasting(string path)
    {
        FileModes.CreateFolder(path);
        try { return new(System.IO.Path.GetFullPath(path), lasts: true); }
        catch (IOException) { throw new IOException($"Another server uses '{path}'.", SharingViolation); }
    }

    /// <summary>A folder, for its user alone, that is deleted with the server; for what doesn't fit into memory.</summary>
    internal static DataFolder Temporary()
    {
        RemoveLeftovers();
        return new(Directory.CreateTempSubdirectory(TemporaryPrefix).FullName, lasts: false);
    }

    public void Dispose()
    {
        if (Lasts) _lock.Dispose();
        else Remove(Path, _lock);
    }

    /// <summary>Removes the temporary folders of servers that were killed: those that nobody holds locked.</summary>
    static void RemoveLeftovers()
    {
        foreach (var path in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), TemporaryPrefix + "*"))
        {
            try { Remove(path, Lock(path, FileMode.Open, FileOptions.DeleteOnClose)); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        }
    }

    /// <summary>Empties the folder under its lock, so that no other server can take it meanwhile.</summary>
    static void Remove(string path, FileStream held)
    {
        using (held)
        {
            foreach (var folder in Directory.EnumerateDirectories(path)) Directory.Delete(folder, recursive: true);
            foreach (var file in Directory.EnumerateFiles(path))
                if (file != held.Name) File.Delete(file);
        }
        Directory.Delete(path);
    }

    static FileStream Lock(string path, FileMode mode, FileOptions options) =>
        new(System.IO.Path.Combine(path, LockName), mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, options);
}
