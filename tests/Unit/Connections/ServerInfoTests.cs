using RedisML.Connections;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Connections;

public sealed class ServerInfoTests(EmbeddedServerFixture embedded, RedisServerFixture redis)
{
    [Fact]
    public async Task The_embedded_server_is_known()
    {
        await using var connection = await embedded.ConnectAsync();
        var test = await TestAsync(connection);
        Assert.Equal(("Garnet", "standalone", false, null), (test.ServerKind, test.Mode, test.Persistent, test.Warning));
        Assert.StartsWith("2.", test.ServerVersion);
        Assert.True(test.MemoryUsed > 0 && test.LatencyMilliseconds > 0);
        Assert.Equal($"127.0.0.1:{embedded.Port}", test.Endpoint);
    }

    [Fact]
    public async Task A_real_server_is_known()
    {
        await using var connection = await redis.ConnectAsync();
        var test = await TestAsync(connection);
        Assert.Equal(("standalone", false, false, false), (test.Mode, test.AppendOnlyFile, test.Snapshots, test.Persistent));
        Assert.Equal((0, "noeviction"), (test.MemoryLimit, test.EvictionPolicy));
        Assert.True(test.MemoryUsed > 0);
        Assert.NotNull(test.ServerVersion);
    }

    [Theory]
    [InlineData("save 3600 1", false, true)]
    [InlineData("appendonly yes", true, false)]
    public async Task Persistence_is_seen(string option, bool appendOnlyFile, bool snapshots)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer(option);
        await using var connection = await ConnectAsync(ConnectionSettings.For("127.0.0.1", server.Port));
        var info = connection.Server;
        Assert.Equal((appendOnlyFile, snapshots, true), (info.AppendOnlyFile, info.Snapshots, info.Persistent));
    }

    [Fact]
    public async Task An_eviction_policy_for_all_keys_is_seen()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("maxmemory 64mb", "maxmemory-policy allkeys-lru");
        await using var connection = await ConnectAsync(ConnectionSettings.For("127.0.0.1", server.Port));
        Assert.Equal(64 << 20, connection.Server.MemoryLimit);
        Assert.Contains("allkeys-lru", connection.Server.Warning);
    }

    [Fact]
    public async Task What_a_user_may_not_know_is_null()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("user blind on >p ~* +@all -info -config -ping", "user half on >p ~* +@all -config");
        var settings = ConnectionSettings.For("127.0.0.1", server.Port);
        await using var blind = await ConnectAsync(settings.WithCredential("blind", "p"));
        var test = await TestAsync(blind);
        Assert.Equal((null, null, null, null), (test.ServerKind, test.ServerVersion, test.Persistent, test.MemoryUsed));
        Assert.True(test.LatencyMilliseconds > 0);

        await using var half = await ConnectAsync(settings.WithCredential("half", "p"));
        Assert.Equal(("Redis", false, null), (half.Server.ServerKind, half.Server.AppendOnlyFile, half.Server.Persistent));
    }

    static Task<RedisMLConnection> ConnectAsync(ConnectionSettings settings) =>
        RedisMLConnection.ConnectAsync(settings, TestContext.Current.CancellationToken);

    static Task<ConnectionTest> TestAsync(RedisMLConnection connection) =>
        ConnectionTest.RunAsync(connection, TestContext.Current.CancellationToken);
}
