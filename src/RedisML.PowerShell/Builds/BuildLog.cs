namespace RedisML.PowerShell.Builds;

/// <summary>The log of a build system, which takes commands: lines of a form of its own among what a step prints.</summary>
abstract class BuildLog
{
    /// <summary>That of the system that runs this process; null at a prompt and anywhere else.</summary>
    public static BuildLog? Current =>
        Environment.GetEnvironmentVariable("TF_BUILD") is { Length: > 0 } ? new AzurePipelinesLog()
        : Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true" ? new GitHubActionsLog() : null;

    /// <summary>The line that shows progress; null where the system shows none.</summary>
    public abstract string? Progress(string activity, string status, int percent);

    /// <summary>The line that counts a warning among the build's.</summary>
    public abstract string Warning(string text);

    /// <summary>The line that counts an error among the build's.</summary>
    public abstract string Error(string text);

    /// <summary>Adds a text to the page that sums the build up.</summary>
    /// <returns>The line that does so, or warns that it can't be done; null where none is needed.</returns>
    public string? AddSummary(string markdown)
    {
        try
        {
            return WriteSummary(markdown);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Warning($"The build's summary can't be written: {e.Message}");
        }
    }

    /// <inheritdoc cref="AddSummary"/>
    protected abstract string? WriteSummary(string markdown);

    /// <summary>Line breaks, and the sign that begins an escape, are escaped: a text can't end its line and start a command.</summary>
    protected static string Escape(string text, string percent) =>
        text.Replace("%", percent, StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);
}
