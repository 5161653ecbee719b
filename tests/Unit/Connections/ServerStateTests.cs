using System.Net;
using System.Net.Sockets;
using RedisML.Connections;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Connections;

/// <summary>A server that is there, but isn't ready.</summary>
public sealed class ServerStateTests
{
    [Fact]
    public async Task A_server_that_loads_its_data_is_waited_for()
    {
        RedisServer.SkipIfMissing();
        // Each of the keys takes half a millisecond to load, so that loading takes two seconds.
        using var server = new RedisServer("appendonly yes", "key-load-delay 500", "loading-process-events-interval-bytes 1024");
        await FillAsync(server, 4000);
        server.Kill();
        server.Restart();
        Assert.StartsWith("-LOADING", await PingAsync(server.Port));

        await using var connection = await RedisMLConnection.ConnectAsync(
            ConnectionSettings.For("127.0.0.1", server.Port), TestContext.Current.CancellationToken);

        Assert.Equal("value 3999", await connection.Database.StringGetAsync("key 3999"));
    }

    static async Task<string> PingAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
        return await new StreamReader(client.GetStream()).ReadLineAsync() ?? "";
    }

    static async Task FillAsync(RedisServer server, int keys)
    {
        await using var client = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port}");
        // Each by a command of its own: the delay is one a command.
        await Task.WhenAll(Enumerable.Range(0, keys).Select(i => client.GetDatabase().StringSetAsync($"key {i}", $"value {i}")));
    }
}
