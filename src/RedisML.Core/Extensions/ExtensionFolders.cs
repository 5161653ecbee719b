namespace RedisML.Extensions;

/// <summary>Where extensions lie: in folders with a manifest, <c>&lt;module&gt;</c> or <c>&lt;module&gt;/&lt;version&gt;</c>.</summary>
static class ExtensionFolders
{
    /// <summary>Folders that hold modules: that of the module that Core is part of, those of the shell, that of the program.</summary>
    public static IEnumerable<string> Roots()
    {
        if (ModulesOf(CoreFolder) is { } modules) yield return modules;
        foreach (var folder in (Environment.GetEnvironmentVariable("PSModulePath") ?? "").Split(Path.PathSeparator))
            if (Path.IsPathFullyQualified(folder)) yield return folder;
        yield return AppContext.BaseDirectory;
    }

    /// <summary>The folder of Core and of the libraries that it shares.</summary>
    public static string CoreFolder { get; } =
        Path.GetDirectoryName(typeof(ExtensionFolders).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;

    /// <summary>The folder of an installed module, from the first root that has it; null where none has.</summary>
    /// <param name="wanted">The version preferred where several are installed; else it is the highest.</param>
    public static string? Find(string module, Version? wanted, IEnumerable<string> roots) => roots
        .Select(root => Path.Combine(root, module))
        .SelectMany(folder => Versions(folder, wanted).Prepend(folder))
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, module + ".psd1")));

    /// <summary>The folder that the module lies in whose <c>lib</c> this is, or null.</summary>
    internal static string? ModulesOf(string lib)
    {
        var folder = new DirectoryInfo(lib);
        if (folder.Name != "lib" || folder.Parent is not { } module) return null;
        return (Version.TryParse(module.Name, out _) ? module.Parent?.Parent : module.Parent)?.FullName;
    }

    static IEnumerable<string> Versions(string folder, Version? wanted) => !Directory.Exists(folder) ? [] :
        from path in Directory.EnumerateDirectories(folder)
        let version = Version.TryParse(Path.GetFileName(path), out var parsed) ? parsed : null
        where version is not null
        orderby version == wanted descending, version descending
        select path;
}
