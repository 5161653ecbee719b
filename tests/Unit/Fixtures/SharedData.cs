namespace RedisML.Unit.Fixtures;

/// <summary>The real data beside the project, for tests that need it; where it is missing they are skipped.</summary>
public static class SharedData
{
    static readonly string s_folder = System.IO.Path.Combine(HostedEngine.ProjectRoot, "..", "shared", "data");

    public static string Path(string name)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(s_folder, name));
        Assert.SkipUnless(File.Exists(path), "The shared data isn't beside the project.");
        return path;
    }
}
