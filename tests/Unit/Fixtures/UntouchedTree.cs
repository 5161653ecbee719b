namespace RedisML.Unit.Fixtures;

/// <summary>Sees to it that what runs until it is disposed leaves no file behind in the source tree, where it would be untracked.</summary>
public sealed class UntouchedTree : IDisposable
{
    /// <summary>What Git ignores, and its own.</summary>
    static readonly string[] s_ignored = ["artifacts", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts", ".git", ".vs", ".idea"];

    readonly HashSet<string> _before = [.. Files(HostedEngine.ProjectRoot)];

    public void Dispose() => Assert.Empty(Files(HostedEngine.ProjectRoot).Except(_before));

    static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder).Concat(
        Directory.EnumerateDirectories(folder).Where(inner => !s_ignored.Contains(Path.GetFileName(inner))).SelectMany(Files));
}
