using System.Diagnostics;

namespace RedisML.Unit.Fixtures;

/// <summary>A file system in memory with little room. The test is skipped where the system or the user can't mount one.</summary>
public sealed class SmallDisk : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redisml-disk-");

    public SmallDisk(int megabytes)
    {
        bool isMounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Path);
        if (!isMounted) _folder.Delete();
        Assert.SkipUnless(isMounted, "can't mount a file system");
    }

    public string Path => _folder.FullName;

    /// <summary>Takes room away until this much is left.</summary>
    public void Fill(int kilobytesLeft)
    {
        using var file = new FileStream(System.IO.Path.Combine(Path, "filler"), FileMode.Append);
        file.Write(new byte[new DriveInfo(Path).AvailableFreeSpace - kilobytesLeft * 1024L]);
    }

    public void Dispose()
    {
        // Lazily: what a killed server still has open goes with it.
        Run("umount", "-l", Path);
        _folder.Delete();
    }

    static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
