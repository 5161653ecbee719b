namespace RedisML.Formats;

/// <summary>Files with rows in them that only their user may read: temporary ones, and those of rejected rows.</summary>
static class PrivateFile
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens a file to write. One that is made is its user's alone; one that is there keeps its mode.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share, int bufferSize = 4096, bool isAsync = false)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = share,
            BufferSize = bufferSize,
            Options = isAsync ? FileOptions.Asynchronous : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows() && mode is FileMode.Create or FileMode.CreateNew) options.UnixCreateMode = OwnerOnly;
        return new(path, options);
    }

    /// <summary>
    /// Moves a whole file to the place that it is for, where others may read it if they could read the one that it replaces, or, where
    /// there was none, if files that the user makes can be read by others.
    /// </summary>
    public static void Publish(string path, string target, bool overwrite)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, File.Exists(target) ? File.GetUnixFileMode(target) : UsualMode(path));
        File.Move(path, target, overwrite);
    }

    /// <summary>The mode that the process gives to the files it makes: nothing tells but such a file.</summary>
    static UnixFileMode UsualMode(string path)
    {
        using var sample = new FileStream($"{path}.mode", new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose,
        });
        return OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(sample.SafeFileHandle);
    }
}
