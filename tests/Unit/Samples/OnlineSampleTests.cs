using System.Globalization;
using System.Text.RegularExpressions;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Samples;

public sealed partial class OnlineSampleTests
{
    [Fact]
    public async Task The_sensor_is_learned_served_and_its_drift_alarmed()
    {
        using var tree = new UntouchedTree();
        using var host = HostProcess.Start(
            [Path.Combine(HostedEngine.ProjectRoot, "samples", "sensor.ps1"), "-Reading", "600"], HostedEngine.ProjectRoot);
        var (exitCode, output, errors) = await host.EndAsync();
        Assert.True((exitCode, errors) == (0, ""), output + errors);
        Assert.Matches(@"yes\s+(0\.9|1\.0)", output);
        Assert.InRange(int.Parse(Alarm().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), 620, 900);
        Assert.Contains("accuracy of fault, run ", output);
    }

    [GeneratedRegex(@"Drift alarmed 1 time\(s\), last at reading (\d+)\.")]
    private static partial Regex Alarm();
}
