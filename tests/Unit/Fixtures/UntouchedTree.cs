namespace RedisML.Unit.Fixtures;

/// <summary>Sees to it that a sample that runs until this is disposed leaves nothing behind where it would be untracked: in the root of the
/// project, from where users start it, or beside itself. What somebody writes elsewhere meanwhile is no matter.</summary>
public sealed class UntouchedTree : IDisposable
{
    /// <summary>What Git ignores.</summary>
    static readonly string[] s_ignored = ["artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea"];

    readonly HashSet<string> _before = [.. Entries()];

    public void Dispose() => Assert.Empty(Entries().Except(_before));

    static IEnumerable<string> Entries() => Directory.EnumerateFileSystemEntries(HostedEngine.ProjectRoot)
        .Where(entry => !s_ignored.Contains(Path.GetFileName(entry)))
        .Concat(Directory.EnumerateFileSystemEntries(Path.Combine(HostedEngine.ProjectRoot, "samples"), "*", SearchOption.AllDirectories));
}
