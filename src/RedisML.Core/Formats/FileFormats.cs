using RedisML.Errors;
using RedisML.Extensions;

namespace RedisML.Formats;

/// <summary>The file formats that extensions bring. Those of this project are known here before they are loaded.</summary>
public static class FileFormats
{
    static readonly KnownFormat[] s_known = [new("Parquet", "RedisML.Parquet", "PAR1"u8.ToArray())];

    static volatile IReadOnlyList<IFileFormat> s_formats = [];

    /// <summary>Adds a format, or puts it in the place of one with its name.</summary>
    public static void Add(IFileFormat format)
    {
        lock (s_known) s_formats = [.. s_formats.Where(f => f.Name != format.Name), format];
    }

    /// <summary>The format of a file by its first bytes, loaded where need be; null where none is known for them.</summary>
    /// <param name="path">What messages call the file.</param>
    /// <exception cref="RedisMLException">Those of <see cref="ExtensionLoader.Load"/>.</exception>
    internal static IFileFormat? Recognize(ReadOnlySpan<byte> start, string path)
    {
        foreach (var format in s_formats)
            if (!format.Signature.IsEmpty && start.StartsWith(format.Signature)) return format;
        foreach (var known in s_known)
            if (start.StartsWith(known.Signature)) return Load(known, path);
        return null;
    }

    /// <summary>The format of a name, loaded where need be.</summary>
    /// <param name="path">What messages call the file that is to be written.</param>
    /// <exception cref="RedisMLException"><c>UnknownFormat</c>; those of <see cref="ExtensionLoader.Load"/>.</exception>
    internal static IFileFormat Get(string name, string path) => s_formats.FirstOrDefault(f => f.Name == name)
        ?? (s_known.FirstOrDefault(k => k.Name == name) is { } known ? Load(known, path)
        : throw new RedisMLException("UnknownFormat", ErrorKind.InvalidArgument, $"There is no format '{name}' of files.", path));

    static IFileFormat Load(KnownFormat known, string path)
    {
        ExtensionLoader.Load(known.Module, $"'{path}' is a {known.Name} file", path);
        return s_formats.FirstOrDefault(f => f.Name == known.Name)
            ?? throw new RedisMLException("ExtensionNotLoaded", ErrorKind.ResourceUnavailable,
                $"{known.Module} doesn't bring {known.Name}.", path);
    }

    /// <param name="Module">The extension that brings it.</param>
    sealed record KnownFormat(string Name, string Module, byte[] Signature);
}
