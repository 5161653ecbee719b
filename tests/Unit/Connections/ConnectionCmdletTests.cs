using System.Diagnostics;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using RedisML.Connections;
using RedisML.Unit.Fixtures;
using Engine = System.Management.Automation.PowerShell;

namespace RedisML.Unit.Connections;

/// <summary>The cmdlets of connections and servers through the hosted engine.</summary>
public sealed class ConnectionCmdletTests(EmbeddedServerFixture embedded) : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    readonly HostedEngine _engine = new();
    readonly TemporaryFolder _folder = new();

    string ConnectionString => $"127.0.0.1:{embedded.Port},password={embedded.Password}";

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_connection_string_makes_the_default_connection()
    {
        dynamic connection = Run("param($c) $null = Connect-RedisML $c -Prefix mine; Get-RedisMLConnection", ConnectionString).Single();
        Assert.Equal(($"127.0.0.1:{embedded.Port}", "mine", false), ((string)connection.Endpoint, (string)connection.Prefix, (bool)connection.Tls));
        Assert.Equal("Garnet", (string)connection.Server.ServerKind);
    }

    [Fact]
    public void A_URI_connects_too() =>
        Assert.Single(Run("param($c) Connect-RedisML $c", $"redis://default:{embedded.Password}@127.0.0.1:{embedded.Port}"));

    [Fact]
    public void Host_port_and_credential_connect()
    {
        var parameters = new Dictionary<string, object> { ["port"] = embedded.Port, ["credential"] = Credential(embedded.Password) };
        var result = _engine.Invoke("param($port, $credential) Connect-RedisML -HostName 127.0.0.1 -Port $port -Credential $credential", parameters);
        Assert.Single(result.OutputWithoutErrors);
    }

    [Fact]
    public void A_credential_goes_with_a_connection_string()
    {
        var parameters = new Dictionary<string, object> { ["text"] = $"127.0.0.1:{embedded.Port}", ["credential"] = Credential(embedded.Password) };
        Assert.Single(_engine.Invoke("param($text, $credential) Connect-RedisML $text -Credential $credential", parameters).OutputWithoutErrors);
    }

    [Theory]
    [InlineData("Connect-RedisML -HostName no-such-host.invalid", "HostNotFound", ErrorCategory.ConnectionError)]
    [InlineData("Connect-RedisML 'localhost,oops=1'", "InvalidConnectionString", ErrorCategory.InvalidArgument)]
    [InlineData("Connect-RedisML -Embedded -Prefix 'a:b'", "InvalidPrefix", ErrorCategory.InvalidArgument)]
    [InlineData("Connect-RedisML -Embedded -DataDirectory Variable:x", "PathNotInFileSystem", ErrorCategory.InvalidArgument)]
    public void What_goes_wrong_has_an_id_and_a_category(string script, string errorId, ErrorCategory category)
    {
        var error = Assert.Single(_engine.Invoke(script).Errors);
        Assert.Equal($"{errorId},RedisML.PowerShell.Connections.ConnectRedisMLCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
    }

    [Fact]
    public void Without_a_connection_a_cmdlet_says_what_to_do()
    {
        var error = Assert.Single(_engine.Invoke("Test-RedisMLConnection").Errors);
        Assert.Equal("NotConnected,RedisML.PowerShell.Connections.TestRedisMLConnectionCommand", error.FullyQualifiedErrorId);
        Assert.Contains("Connect-RedisML", error.ToString());
        Assert.Empty(Run("Get-RedisMLConnection"));
    }

    [Fact]
    public void A_runspace_does_not_see_the_connection_of_another()
    {
        Run("param($c) Connect-RedisML $c", ConnectionString);
        using var another = new HostedEngine();
        Assert.Empty(another.Invoke("Get-RedisMLConnection").OutputWithoutErrors);
        Assert.Single(Run("Get-RedisMLConnection"));
    }

    [Fact]
    public void A_worker_runspace_takes_the_connection_that_it_is_given()
    {
        var results = Run($$"""
            param($c)
            $connection = Connect-RedisML $c
            1..2 | ForEach-Object -Parallel { Import-Module '{{HostedEngine.ModulePath}}'; Test-RedisMLConnection -Connection $using:connection }
            """, ConnectionString);
        Assert.Equal(2, results.Count);
    }

    [Fact]
    public void A_given_connection_wins_over_the_default()
    {
        const string script = "param($c) $first = Connect-RedisML $c; $null = Connect-RedisML -Embedded; Test-RedisMLConnection -Connection $first";
        dynamic test = Run(script, ConnectionString).Single();
        Assert.Equal($"127.0.0.1:{embedded.Port}", (string)test.Endpoint);
    }

    [Fact]
    public void Disconnecting_closes_the_default_or_what_is_piped()
    {
        var result = _engine.Invoke("""
            param($c)
            $first = Connect-RedisML $c
            $second = Connect-RedisML $c
            @(Get-RedisMLConnection -All).Count
            Disconnect-RedisML
            @(Get-RedisMLConnection -All).Count
            Test-RedisMLConnection -Connection $second
            $first | Disconnect-RedisML
            @(Get-RedisMLConnection -All).Count
            Disconnect-RedisML
            """, Parameter(ConnectionString));
        Assert.Equal([2, 1, 0], result.Output.Select(o => o.BaseObject));
        Assert.Equal("ConnectionClosed,RedisML.PowerShell.Connections.TestRedisMLConnectionCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Closing_a_runspace_closes_its_connections()
    {
        var another = new HostedEngine();
        var output = another.Invoke("param($c) Connect-RedisML $c", Parameter(ConnectionString)).OutputWithoutErrors;
        var connection = (RedisMLConnection)output[0].BaseObject;
        Assert.True(connection.Database.Multiplexer.IsConnected);
        another.Dispose();
        Assert.True(SpinWait.SpinUntil(() => !connection.Database.Multiplexer.IsConnected, s_patience));
    }

    [Fact]
    public async Task Stopping_while_a_server_does_not_answer_takes_no_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var shell = Engine.Create(_engine.Runspace)
            .AddScript($"Connect-RedisML -HostName 127.0.0.1 -Port {((IPEndPoint)silent.LocalEndpoint).Port}");
        var running = shell.BeginInvoke();
        using var client = await silent.AcceptSocketAsync(TestContext.Current.CancellationToken);
        long start = Stopwatch.GetTimestamp();
        shell.Stop();
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void An_embedded_connection_finds_the_server_of_the_process_again()
    {
        var endpoints = Run("1..2 | ForEach-Object { Connect-RedisML -Embedded }").Select(c => ((dynamic)c).Endpoint);
        Assert.Single(endpoints.Distinct());
    }

    [Fact]
    public void A_data_directory_keeps_the_data_between_servers()
    {
        var result = _engine.Invoke("""
            param($c)
            $first = Connect-RedisML -Embedded -DataDirectory $c
            (Connect-RedisML -Embedded -DataDirectory $c).Endpoint -eq $first.Endpoint
            $server = Get-RedisMLServer | Where-Object DataDirectory -eq $c
            $server.Port
            Start-RedisMLServer $c
            $server | Stop-RedisMLServer -WhatIf
            @(Get-RedisMLServer -Port $server.Port).Count
            $server | Stop-RedisMLServer
            $server | Stop-RedisMLServer
            Get-RedisMLServer -Port $server.Port
            $again = Start-RedisMLServer $c
            $again | Stop-RedisMLServer
            """, Parameter(_folder.Path));
        Assert.Equal(true, result.Output[0].BaseObject);
        Assert.Equal(1, result.Output[2].BaseObject);
        Assert.Equal(3, result.Output.Count);
        Assert.Equal(
            ["DataDirectoryInUse,RedisML.PowerShell.Connections.StartRedisMLServerCommand", "ServerNotFound,RedisML.PowerShell.Connections.GetRedisMLServerCommand"],
            result.Errors.Select(e => e.FullyQualifiedErrorId));
    }

    [Fact]
    public void Stopping_a_server_closes_the_connections_to_it()
    {
        var result = _engine.Invoke("""
            $server = Start-RedisMLServer
            $null = $server | Connect-RedisML
            $server | Stop-RedisMLServer
            Get-RedisMLConnection
            Test-RedisMLConnection
            """);
        Assert.Empty(result.Output);
        Assert.StartsWith("NotConnected,", Assert.Single(result.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void A_port_in_use_is_an_error()
    {
        var error = Assert.Single(_engine.Invoke("param($c) Start-RedisMLServer -Port $c", Parameter(embedded.Port)).Errors);
        Assert.Equal("PortUnusable,RedisML.PowerShell.Connections.StartRedisMLServerCommand", error.FullyQualifiedErrorId);
    }

    [Fact]
    public void A_file_is_no_data_directory()
    {
        var error = Assert.Single(_engine.Invoke("param($c) Start-RedisMLServer $c", Parameter(_folder.Write("file", ""))).Errors);
        Assert.Equal("DataDirectoryUnusable,RedisML.PowerShell.Connections.StartRedisMLServerCommand", error.FullyQualifiedErrorId);
    }

    [Fact]
    public void Starting_with_WhatIf_starts_nothing()
    {
        Assert.Empty(Run("param($c) Start-RedisMLServer $c -WhatIf", _folder.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void An_eviction_policy_is_warned_of()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("maxmemory 64mb", "maxmemory-policy allkeys-lru");
        var result = _engine.Invoke("param($c) Connect-RedisML -HostName 127.0.0.1 -Port $c; Test-RedisMLConnection", Parameter(server.Port));
        Assert.Equal(2, result.Warnings.Count(w => w.Contains("allkeys-lru")));
    }

    IReadOnlyList<PSObject> Run(string script, object? parameter = null) =>
        _engine.Invoke(script, parameter is null ? null : Parameter(parameter)).OutputWithoutErrors;

    static Dictionary<string, object> Parameter(object value) => new() { ["c"] = value };

    static PSCredential Credential(string password) => new("default", new NetworkCredential("", password).SecurePassword);
}
