using System.Globalization;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using RedisML.Connections;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Samples;

/// <summary>The samples that train on several machines, as far as one machine can try them.</summary>
public sealed partial class TrainingSampleTests
{
    const int Jobs = 3;

    static readonly string s_samples = Path.Combine(HostedEngine.ProjectRoot, "samples");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Scripts => [.. Directory.GetFiles(s_samples, "*.ps1").Select(Path.GetFileName).OfType<string>()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_has_no_syntax_error(string name)
    {
        Parser.ParseFile(Path.Combine(s_samples, name), out _, out var errors);
        Assert.Empty(errors);
    }

    /// <summary>The steps' own text, in a process for each parallel job, with the variables that an agent sets.</summary>
    [Fact]
    public async Task The_jobs_of_the_pipeline_train_a_model_together_and_its_threshold_judges_it()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        await using var connection = await RedisMLConnection.ConnectAsync(ConnectionSettings.For("127.0.0.1", server.Port), Cancellation);
        using var tree = new UntouchedTree();
        using var folder = new TemporaryFolder();
        foreach (var part in new[] { "train", "test" })
            await DatasetImport.RunAsync(connection, folder.Write($"{part}.csv", Flights(part == "train" ? 3000 : 500)),
                new() { Dataset = $"flights-{part}" }, null, Cancellation);
        var (train, evaluate) = Steps() is [var first, var second] ? (first, second)
            : throw new InvalidDataException("Two steps are expected.");

        var jobs = Enumerable.Range(1, Jobs).Select(job => Start(train, server, job)).ToList();
        try
        {
            foreach (var job in jobs)
            {
                var (code, text) = await job.FinishAsync();
                Assert.True(code == 0, text);
                Assert.Contains("Completed", text);
            }
            using var threshold = Start(evaluate, server, 1);
            var (exitCode, output) = await threshold.FinishAsync();
            Assert.True(exitCode == 0, output);
        }
        finally
        {
            jobs.ForEach(job => job.Dispose());
        }
    }

    /// <summary>A job that looks for its run looks again soon.</summary>
    static HostProcess Start(string step, RedisServer server, int job) =>
        new($"function Start-Sleep($Seconds) {{ Microsoft.PowerShell.Utility\\Start-Sleep -Milliseconds 100 }}\n{step}",
            variables: new Dictionary<string, string?>
            {
                ["REDISML_CONNECTION"] = $"127.0.0.1:{server.Port}",
                ["SYSTEM_JOBPOSITIONINPHASE"] = $"{job}",
                ["SYSTEM_TOTALJOBSINPHASE"] = $"{Jobs}",
            });

    /// <summary>The text of each pwsh step, without its indentation, its variable filled in.</summary>
    static List<string> Steps()
    {
        var yaml = File.ReadAllText(Path.Combine(s_samples, "azure-pipelines-training.yml")).ReplaceLineEndings("\n");
        return [.. Step().Matches(yaml).Select(step => step.Groups[1].Value.Replace("\n      ", "\n").Replace("$(model)", "late-7-1"))];
    }

    [GeneratedRegex(@"- pwsh: \|((?:\n      .*)+)")]
    private static partial Regex Step();

    static string Flights(int rows) =>
        "dep_delay,distance,air_time,month,hour,carrier,origin,arr_delay\n" + string.Concat(Enumerable.Range(0, rows).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{i * 37 % 91 - 20},{200 + i * 13 % 900},{30 + i * 7 % 120},{1 + i % 12},{i % 24}," +
            $"{(char)('A' + i % 4)},{(i % 2 == 0 ? "JFK" : "EWR")},{i * 37 % 91 - 25 + i % 5}\n")));
}
