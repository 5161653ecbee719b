using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using RedisML.Connections;
using RedisML.Unit.Fixtures;
using Server = RedisML.EmbeddedServer.EmbeddedServer;

namespace RedisML.Unit.Connections;

public sealed class EmbeddedServerTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_listens_on_loopback_alone()
    {
        await using var server = Server.Start();
        var addresses = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(e => e.Port == server.Port)
            .Select(e => e.Address);
        Assert.Equal([IPAddress.Loopback], addresses);
    }

    [Fact]
    public async Task Each_start_has_another_password()
    {
        await using var one = Server.Start();
        await using var two = Server.Start();
        Assert.NotEqual(one.Password, two.Password);
        Assert.NotEqual(one.Port, two.Port);
    }

    [Fact]
    public async Task With_a_directory_the_data_is_there_after_a_stop()
    {
        int port;
        await using (var server = Server.Start(_folder.Path))
        {
            port = server.Port;
            await using var connection = await ConnectAsync(server);
            await connection.Database.HashSetAsync("hash", [new("a", 1), new("b", new byte[100_000])]);
        }
        await using var again = Server.Start(_folder.Path, port);
        Assert.Equal(port, again.Port);
        await using var second = await ConnectAsync(again);
        Assert.Equal(2, await second.Database.HashLengthAsync("hash"));
        Assert.Equal(100_000, ((byte[])(await second.Database.HashGetAsync("hash", "b"))!).Length);
        Assert.True(second.Server.Persistent);
    }

    [Fact]
    public async Task Two_servers_never_share_a_directory()
    {
        await using var server = Server.Start(_folder.Path);
        Assert.Throws<IOException>(() => Server.Start(_folder.Path));
    }

    [Fact]
    public async Task A_directory_is_free_again_after_a_failed_start()
    {
        await using var server = Server.Start();
        Assert.Throws<SocketException>(() => Server.Start(_folder.Path, server.Port));
        await using var another = Server.Start(_folder.Path);
    }

    [Fact]
    public async Task Without_a_directory_nothing_is_left_behind()
    {
        string folder;
        await using (var server = Server.Start())
        {
            await using var connection = await ConnectAsync(server);
            await connection.Database.StringSetAsync("key", "value");
            folder = await DataFolderAsync(connection);
            Assert.True(Directory.Exists(folder));
        }
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task What_a_killed_server_left_goes_at_the_next_start()
    {
        using var process = new HostProcess(StartAndTell("Start-RedisMLServer"));
        string folder;
        await using (var connection = await ConnectAsync(process)) folder = await DataFolderAsync(connection);
        await using (var bystander = Server.Start()) Assert.True(Directory.Exists(folder), "The folder of a running server was deleted.");
        process.Kill();
        Assert.True(Directory.Exists(folder));
        await using var next = Server.Start();
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task No_acknowledged_write_is_lost_by_a_kill()
    {
        using var process = new HostProcess(StartAndTell($"Start-RedisMLServer '{_folder.Path}'"));
        int acknowledged = 0;
        await using (var connection = await ConnectAsync(process))
        {
            for (; acknowledged < 300; acknowledged++)
                await connection.Database.StringSetAsync($"key:{acknowledged}", new byte[1 + acknowledged * 37 % 20_000]);
            process.Kill();
        }
        await using var server = Server.Start(_folder.Path);
        await using var again = await ConnectAsync(server);
        for (int i = 0; i < acknowledged; i++) Assert.Equal(1 + i * 37 % 20_000, await again.Database.StringLengthAsync($"key:{i}"));
    }

    [Fact]
    public async Task A_process_that_ends_without_stopping_its_servers_loses_nothing_and_leaves_nothing()
    {
        using var process = new HostProcess($$"""
            foreach ($server in (Start-RedisMLServer '{{_folder.Path}}'), (Start-RedisMLServer)) {
                "$($server.Port) $($server.Credential.GetNetworkCredential().Password)"
            }
            {{HostProcess.Wait}}
            """);
        await using (var lasting = await ConnectAsync(process)) await lasting.Database.StringSetAsync("key", "value");
        string folder;
        await using (var temporary = await ConnectAsync(process)) folder = await DataFolderAsync(temporary);
        Assert.Equal((0, ""), await process.FinishAsync());
        Assert.False(Directory.Exists(folder));
        await using var server = Server.Start(_folder.Path);
        await using var again = await ConnectAsync(server);
        Assert.Equal("value", await again.Database.StringGetAsync("key"));
    }

    [Fact]
    public async Task A_process_that_is_asked_to_end_leaves_nothing_of_its_servers()
    {
        using var process = new HostProcess(StartAndTell("Start-RedisMLServer"));
        string folder;
        await using (var connection = await ConnectAsync(process)) folder = await DataFolderAsync(connection);
        process.Signal("TERM");
        await process.ExitAsync();
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Scripts_run_and_are_atomic()
    {
        await using var server = Server.Start();
        await using var connection = await ConnectAsync(server);
        const string script = "local n = tonumber(redis.call('GET', KEYS[1]) or '0') redis.call('SET', KEYS[1], n + 1) return n + 1";
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => connection.Database.ScriptEvaluateAsync(script, ["counter"])));
        Assert.Equal(200, (int)await connection.Database.StringGetAsync("counter"));
    }

    static string StartAndTell(string start) => $"""
        $server = {start}
        "$($server.Port) $($server.Credential.GetNetworkCredential().Password)"
        {HostProcess.Wait}
        """;

    static Task<RedisMLConnection> ConnectAsync(Server server) => ConnectAsync(server.Port, server.Password);

    static async Task<RedisMLConnection> ConnectAsync(HostProcess process)
    {
        var words = (await process.ReadLineAsync()).Split(' ');
        return await ConnectAsync(int.Parse(words[0]), words[1]);
    }

    static Task<RedisMLConnection> ConnectAsync(int port, string password) =>
        RedisMLConnection.ConnectAsync(
            ConnectionSettings.For("127.0.0.1", port).WithCredential(null, password), TestContext.Current.CancellationToken);

    static async Task<string> DataFolderAsync(RedisMLConnection connection) =>
        (await connection.Database.ExecuteAsync("CONFIG", "GET", "dir"))[1].ToString();
}
