using System.Formats.Tar;
using RedisML.Errors;

namespace RedisML.Formats;

/// <summary>Files that are written: a link is followed and stays, and what is no file is refused.</summary>
public static class TargetFile
{
    /// <summary>Where a file that is to be written lies: itself, or what a link at its place leads to.</summary>
    /// <exception cref="RedisMLException"><c>PathIsDirectory</c>, <c>PathIsNoFile</c>, <c>DirectoryNotFound</c>.</exception>
    public static string Resolve(string path)
    {
        string target = Follow(path);
        if (Directory.Exists(target))
            throw new RedisMLException("PathIsDirectory", ErrorKind.InvalidArgument, $"'{path}' is a directory; name a file.", path);
        if (!IsFile(target)) throw NoFile(path);
        if (Path.GetDirectoryName(target) is { } folder && !Directory.Exists(folder))
            throw new RedisMLException("DirectoryNotFound", ErrorKind.ObjectNotFound,
                $"There is no directory '{folder}' to write '{path}' into.", path);
        return target;
    }

    /// <summary>Whether nothing is there, or a file: no device, pipe or socket.</summary>
    public static bool IsFile(string path)
    {
        var file = new FileInfo(Follow(path));
        // Whatever else there is has no length; an archive would say what it is, and opens only files.
        if (!file.Exists || file.Length > 0) return true;
        using var archive = new MemoryStream();
        try
        {
            using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true)) writer.WriteEntry(file.FullName, "file");
            archive.Position = 0;
            using var reader = new TarReader(archive);
            return reader.GetNextEntry()?.EntryType is TarEntryType.RegularFile;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that can't be read tells the same by an error of its own, later.
            return e is UnauthorizedAccessException;
        }
    }

    public static RedisMLException NoFile(string path) =>
        new("PathIsNoFile", ErrorKind.InvalidArgument, $"'{path}' is a device, a pipe or a socket; name a file.", path);

    static string Follow(string path)
    {
        if (new FileInfo(path).LinkTarget is null) return Path.GetFullPath(path);
        try { return File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName; }
        catch (IOException e)
        {
            throw new RedisMLException("PathIsNoFile", ErrorKind.InvalidArgument, $"'{path}' leads nowhere: {e.Message}", path, e);
        }
    }
}
