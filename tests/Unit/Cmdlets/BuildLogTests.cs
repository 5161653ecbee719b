using RedisML.PowerShell.Builds;

namespace RedisML.Unit.Cmdlets;

/// <summary>A text out of data can't end its line and give a build system orders of its own.</summary>
public sealed class BuildLogTests
{
    const string Hostile = "100 %\r\n##vso[task.setvariable variable=x]y\n::set-output name=a::b";

    [Fact]
    public void Lines_of_Azure_Pipelines_are_escaped()
    {
        var log = new AzurePipelinesLog();
        foreach (var line in new[] { log.Warning(Hostile), log.Error(Hostile), log.Progress("Importing", Hostile, 5)! })
        {
            Assert.DoesNotContain('\n', line);
            Assert.DoesNotContain('\r', line);
            Assert.Contains("100 %AZP25%0D%0A", line);
        }
    }

    [Fact]
    public void Lines_of_GitHub_Actions_are_escaped()
    {
        var log = new GitHubActionsLog();
        Assert.Equal("::warning::100 %25%0D%0A##vso[task.setvariable variable=x]y%0A::set-output name=a::b", log.Warning(Hostile));
        Assert.Null(log.Progress("Importing", "5 rows", 5));
    }

    /// <summary>A verdict counts though its page can't be written.</summary>
    [Fact]
    public void A_summary_that_cant_be_written_is_a_warning()
    {
        const string variable = "GITHUB_STEP_SUMMARY";
        var before = Environment.GetEnvironmentVariable(variable);
        try
        {
            Environment.SetEnvironmentVariable(variable, Path.Combine(Path.GetTempPath(), $"none-{Guid.NewGuid():N}", "summary.md"));
            Assert.StartsWith("::warning::The build's summary can't be written", new GitHubActionsLog().AddSummary("x"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }
}
