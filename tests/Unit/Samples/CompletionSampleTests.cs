using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Samples;

public sealed class CompletionSampleTests(EmbeddedServerFixture server)
{
    /// <summary>The sample without anybody who types, in the built module: it learns its lines and offers what they go on with.</summary>
    [Fact]
    public void It_offers_what_the_lines_went_on_with()
    {
        using var tree = new UntouchedTree();
        using var engine = new HostedEngine();
        var settings = server.NewSettings();
        var offered = engine.Invoke("""
            param($sample, $connection, $prefix)
            $env:REDISML_CONNECTION = $null
            function Connect-RedisML { RedisML\Connect-RedisML @args -Prefix $prefix }
            & $sample -ConnectionString $connection -Typed 'git', 'git st', 'git commit -m "f', 'docker compose ', 'Get-Ch', 'nothing li'
            """, new Dictionary<string, object>
        {
            ["sample"] = Path.Combine(HostedEngine.ProjectRoot, "samples", "complete-while-typing.ps1"),
            ["connection"] = $"127.0.0.1:{server.Port},password={server.Password}",
            ["prefix"] = settings.Prefix,
        }).OutputWithoutErrors.Select(line => $"{line.Properties["Typed"].Value}|{line.Properties["Completion"].Value}");
        Assert.Equal(["git|", "git st|atus", "git commit -m \"f|irst", "docker compose |down", "Get-Ch|ildItem", "nothing li|"], offered);
    }
}
