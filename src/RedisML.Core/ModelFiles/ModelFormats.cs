using RedisML.Errors;
using RedisML.Extensions;

namespace RedisML.ModelFiles;

/// <summary>The formats that models are read from. Those that extensions of this project bring are known before they are loaded.</summary>
public static class ModelFormats
{
    static readonly Dictionary<string, string> s_extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["LightGbm"] = "RedisML.LightGbm",
        ["Onnx"] = "RedisML.OnnxRuntime",
    };

    static volatile IReadOnlyList<IModelFormat> s_formats = [new SafetensorsImport(), new JsonImport()];

    /// <summary>The names, ordinal.</summary>
    public static IReadOnlyList<string> Names =>
        [.. s_formats.Select(format => format.Name).Concat(s_extensions.Keys).Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.Ordinal)];

    /// <summary>Adds a format, or puts it in the place of one with its name.</summary>
    public static void Add(IModelFormat format)
    {
        lock (s_extensions) s_formats = [.. s_formats.Where(f => f.Name != format.Name), format];
    }

    /// <summary>The format of a name, or else of a file by its extension, loaded where need be.</summary>
    /// <exception cref="RedisMLException"><c>UnknownModelFormat</c>; those of <see cref="ExtensionLoader.Load"/>.</exception>
    internal static IModelFormat Get(string? name, string path)
    {
        var wanted = name ?? Path.GetExtension(path).TrimStart('.');
        if (Find(wanted) is { } format) return format;
        if (s_extensions.TryGetValue(wanted, out var module)) ExtensionLoader.Load(module, $"'{path}' is a model in {Known(wanted)}", path);
        return Find(wanted) ?? throw new RedisMLException("UnknownModelFormat", ErrorKind.InvalidArgument, name is null
            ? $"'{path}' doesn't end in .{string.Join(", .", Names).ToLowerInvariant()}: give -Format."
            : $"There is no format '{name}' of models; there are {string.Join(", ", Names)}.", path);
    }

    static string Known(string name) =>
        s_extensions.Keys.Single(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)).ToUpperInvariant();

    static IModelFormat? Find(string name) =>
        s_formats.FirstOrDefault(format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
