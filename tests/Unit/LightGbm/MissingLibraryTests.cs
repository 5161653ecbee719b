using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;

namespace RedisML.Unit.LightGbm;

/// <summary>A program beside which LightGBM's library doesn't lie, or something else by its name.</summary>
public sealed class MissingLibraryTests(RedisServerFixture redis) : IDisposable
{
    const string Library = "lib_lightgbm.so", Program = "RedisML.Node.dll";

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("libgomp.so.1")]
    public async Task The_error_comes_before_any_row_is_read_and_says_what_is_needed(string? inItsPlace)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The libraries have other names elsewhere.");
        var built = Path.Combine(HostedEngine.ProjectRoot, "artifacts", "bin", "RedisML.Node",
            Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)));
        foreach (var file in Directory.GetFiles(built, "*.dll").Append(Path.Combine(built, "RedisML.Node.runtimeconfig.json")))
            File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
        if (inItsPlace is not null)
        {
            var other = Path.Combine(built, "runtimes", "linux-x64", "native", inItsPlace);
            Assert.SkipUnless(File.Exists(other), "The build had no runtime of OpenMP to lay beside the library.");
            File.Copy(other, Path.Combine(_folder.Path, Library));
        }
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), rows: 50);
        var specification = BoostingTable.Specification("y") with { Features = null, Categories = [] };
        using var node = NodeProcess.Start(fixture.Connection, RunFixture.DatasetName, "m", specification, new(),
            program: Path.Combine(_folder.Path, Program));
        var result = await node.ResultAsync();
        Assert.StartsWith("LightGbmUnavailable: LightGBM's library ", result);
        Assert.Contains("version 4.7", result);
        Assert.Empty(await fixture.Runs.ListAsync(TestContext.Current.CancellationToken));
    }
}
