using System.Diagnostics;
using System.Text.RegularExpressions;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Samples;

public sealed partial class CSharpSampleTests
{
    /// <summary>The program of samples/csharp, which has nothing but Core.</summary>
    [Fact]
    public async Task It_imports_trains_predicts_and_reads_parameters()
    {
        RedisServer.SkipIfMissing();
        using var tree = new UntouchedTree();
        using var server = new RedisServer();
        var file = Path.Combine(HostedEngine.ProjectRoot, "samples", "data", "diamonds.csv.gz");
        var start =
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Diamonds.dll"), $"127.0.0.1:{server.Port}", file])
            {
                WorkingDirectory = HostedEngine.ProjectRoot,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
        using var sample = Process.Start(start)!;
        var output = await Task.WhenAll(sample.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            sample.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("", output[1]);
        var lines = output[0].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(["53940 rows", "version 1, mean squared error", "it costs USD", "intercept: 1 numbers", "weight: 26 numbers"],
            [lines[0], .. lines[1..3].Select(line => Figure().Replace(line, "")), .. lines[3..]]);
        // Diamonds of 0.7 carat cost 1,700 to 4,800 USD.
        Assert.InRange(int.Parse(Price().Match(lines[2]).Value), 1700, 4800);
    }

    [GeneratedRegex(@"(?<=error|costs) \d+")]
    private static partial Regex Figure();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Price();
}
