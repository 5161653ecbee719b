using System.Globalization;

namespace RedisML.PowerShell.Builds;

/// <summary>Azure Pipelines: <see href="https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands"/>.</summary>
sealed class AzurePipelinesLog : BuildLog
{
    public override string? Progress(string activity, string status, int percent) =>
        string.Create(CultureInfo.InvariantCulture, $"##vso[task.setprogress value={percent};]{Escaped($"{activity}: {status}")}");

    public override string Warning(string text) => $"##vso[task.logissue type=warning]{Escaped(text)}";

    public override string Error(string text) => $"##vso[task.logissue type=error]{Escaped(text)}";

    protected override string? WriteSummary(string markdown)
    {
        // The agent reads the file after the step, and empties this folder after the job.
        var folder = Environment.GetEnvironmentVariable("AGENT_TEMPDIRECTORY");
        if (string.IsNullOrEmpty(folder)) folder = Path.GetTempPath();
        var path = Path.Combine(folder, $"RedisML-{Guid.NewGuid():N}.md");
        File.WriteAllText(path, markdown);
        return $"##vso[task.uploadsummary]{path}";
    }

    static string Escaped(string text) => Escape(text, "%AZP25");
}
