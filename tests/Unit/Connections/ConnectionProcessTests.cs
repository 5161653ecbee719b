using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Connections;

/// <summary>What needs a process of its own: environment variables, and all that a person may see.</summary>
public sealed class ConnectionProcessTests(EmbeddedServerFixture embedded)
{
    string ConnectionString => $"127.0.0.1:{embedded.Port},password={embedded.Password}";

    [Fact]
    public async Task The_environment_variable_serves_where_nobody_has_connected()
    {
        using var process = new HostProcess("""
            (Test-RedisMLConnection).Endpoint
            1 | ForEach-Object -Parallel { (Test-RedisMLConnection).Endpoint }
            (Connect-RedisML).Endpoint
            $env:REDISML_CONNECTION = 'redis://127.0.0.1:1'
            Disconnect-RedisML
            try { Test-RedisMLConnection } catch { $_.FullyQualifiedErrorId }
            """, variables: new Dictionary<string, string?> { ["REDISML_CONNECTION"] = ConnectionString });
        var (exitCode, text) = await process.FinishAsync();
        var endpoint = $"127.0.0.1:{embedded.Port}";
        Assert.Equal([endpoint, endpoint, endpoint, "ConnectionRefused,RedisML.PowerShell.Connections.TestRedisMLConnectionCommand"],
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task A_password_is_seen_nowhere()
    {
        using var process = new HostProcess("""
            param($Text, $Uri)
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $env:REDISML_CONNECTION = $Text
            $results = (Connect-RedisML $Text), (Connect-RedisML $Uri), (Get-RedisMLConnection), (Test-RedisMLConnection)
            $server = Start-RedisMLServer
            $results += $server
            $results
            $results | Format-Table * | Out-String -Width 500
            $results | Format-List * -Force | Out-String -Width 500
            $results | ForEach-Object { "$_"; $_.PSObject.Properties | ForEach-Object { "$($_.Value)" } }
            foreach ($wrong in ($Text + 'x'), ($Text + ',oops'), ($Text + ',foo=bar'), ($Uri + '/x'), ($Uri -replace ':\d+$', ':1'), ($Text -replace ':\d+', ':1')) {
                try { Connect-RedisML $wrong } catch { $_; "$($_.Exception)"; $_ | Format-List * -Force | Out-String -Width 500 }
            }
            $server | Stop-RedisMLServer -Verbose
            'end'
            """, [ConnectionString, $"redis://default:{embedded.Password}@127.0.0.1:{embedded.Port}"]);
        var (_, text) = await process.FinishAsync();
        Assert.EndsWith("end", text.TrimEnd());
        Assert.Contains("AuthenticationFailed", text);
        Assert.Contains("ConnectionRefused", text);
        Assert.Contains("InvalidConnectionString", text);
        Assert.DoesNotContain(embedded.Password, text);
    }
}
