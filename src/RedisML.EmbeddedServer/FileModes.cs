namespace RedisML.EmbeddedServer;

/// <summary>Keeps what a server writes for its user alone: the folder 0700, and files 0600.</summary>
/// <remarks>
/// Garnet makes its files with the process's mask, whenever it needs another. They lie in a folder that nobody else can enter, so that it
/// harms nobody that their mode follows a moment later. Windows has access lists that are inherited.
/// </remarks>
sealed class FileModes : IDisposable
{
    const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly string _path;
    readonly FileSystemWatcher? _watcher;

    /// <summary>What a server makes in its folder. There may be files of others: a user is free to name a folder that has some.</summary>
    static readonly string[] s_entries = ["AOF", "Store", DataFolder.LockName];

    /// <summary>All that is there, also what can't be entered or is gone by then.</summary>
    static readonly EnumerationOptions s_all = new()
    {
        RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint,
    };

    internal FileModes(string path)
    {
        _path = path;
        if (OperatingSystem.IsWindows()) return;
        try
        {
            _watcher = new(path) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName };
            _watcher.Created += (_, created) =>
            {
                // A new folder is watched from now on; what was made in it before that is told of by nobody.
                if (s_entries.Contains(created.Name?.Split(Path.DirectorySeparatorChar)[0])) RestrictTree(created.FullPath);
            };
            _watcher.EnableRaisingEvents = true;
        }
        catch (IOException)
        {
            // The system has no watches left: the folder's own mode is what keeps others out, and the end sets the rest.
        }
        RestrictAll();
    }

    /// <summary>Makes a folder that only its user can enter; one that is there and holds nothing of others becomes such.</summary>
    internal static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else if (!Directory.Exists(path)) Directory.CreateDirectory(path, Folder);
        else if (Directory.EnumerateFileSystemEntries(path).All(entry => s_entries.Contains(Path.GetFileName(entry))))
            System.IO.File.SetUnixFileMode(path, Folder);
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        RestrictAll();
    }

    void RestrictAll()
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(_path)) return;
        foreach (var entry in s_entries.Select(entry => Path.Combine(_path, entry)).Where(Path.Exists)) RestrictTree(entry);
    }

    static void RestrictTree(string path)
    {
        Restrict(path);
        if (!Directory.Exists(path)) return;
        try
        {
            foreach (var part in Directory.EnumerateFileSystemEntries(path, "*", s_all)) Restrict(part);
        }
        catch (DirectoryNotFoundException)
        {
            // It is gone already.
        }
    }

    static void Restrict(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            var attributes = System.IO.File.GetAttributes(path);
            if (attributes.HasFlag(FileAttributes.ReparsePoint)) return;
            System.IO.File.SetUnixFileMode(path, attributes.HasFlag(FileAttributes.Directory) ? Folder : File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone already, or another user's.
        }
    }
}
