namespace RedisML.PowerShell.Builds;

/// <summary>GitHub Actions: <see href="https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands"/>.</summary>
sealed class GitHubActionsLog : BuildLog
{
    public override string? Progress(string activity, string status, int percent) => null;

    public override string Warning(string text) => $"::warning::{Escaped(text)}";

    public override string Error(string text) => $"::error::{Escaped(text)}";

    protected override string? WriteSummary(string markdown)
    {
        if (Environment.GetEnvironmentVariable("GITHUB_STEP_SUMMARY") is { Length: > 0 } path) File.AppendAllText(path, markdown);
        return null;
    }

    static string Escaped(string text) => Escape(text, "%25");
}
