using RedisML.Errors;
using RedisML.Extensions;

namespace RedisML.Charts;

/// <summary>The formats of pictures that extensions bring. That of this project is known here before it is loaded.</summary>
public static class PictureFormats
{
    const string Module = "RedisML.Png";

    static readonly Lock s_gate = new();
    static volatile IReadOnlyList<IPictureFormat> s_formats = [];

    /// <summary>Adds a format, or puts it in the place of one with its extension.</summary>
    public static void Add(IPictureFormat format)
    {
        lock (s_gate) s_formats = [.. s_formats.Where(f => f.Extension != format.Extension), format];
    }

    /// <param name="path">What messages call the file.</param>
    /// <exception cref="RedisMLException">Those of <see cref="ExtensionLoader.Load"/>.</exception>
    internal static IPictureFormat Get(string extension, string? path)
    {
        if (Find() is { } known) return known;
        ExtensionLoader.Load(Module, $"'{path ?? extension}' is a picture of pixels (.svg and .html need nothing)", path);
        return Find() ?? throw new RedisMLException("ExtensionNotLoaded", ErrorKind.ResourceUnavailable,
            $"{Module} doesn't bring {extension}.", path);

        IPictureFormat? Find() => s_formats.FirstOrDefault(f => f.Extension == extension);
    }
}
