namespace RedisML.Processes;

/// <summary>A file that goes when this is disposed of, and with the process; one that was moved elsewhere stays there.</summary>
sealed class TemporaryFile : IDisposable
{
    readonly IDisposable _end;

    /// <param name="path">Where it is, or will be.</param>
    internal TemporaryFile(string path)
    {
        Path = path;
        _end = ProcessEnd.Register(() => File.Delete(path));
    }

    internal string Path { get; }

    public void Dispose()
    {
        _end.Dispose();
        File.Delete(Path);
    }
}
