using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Connections;

public sealed class EmbeddedServerTests(EmbeddedServerFixture embedded, RedisServerFixture redis)
{
    [Fact]
    public async Task An_embedded_server_keeps_what_it_is_given()
    {
        await using var connection = await embedded.ConnectAsync();
        await connection.Database.StringSetAsync(connection.Keys.Model("m"), "value");
        Assert.Equal("value", await connection.Database.StringGetAsync(connection.Keys.Model("m")));
    }

    [Fact]
    public async Task A_real_server_keeps_what_it_is_given()
    {
        await using var connection = await redis.ConnectAsync();
        await connection.Database.StringSetAsync(connection.Keys.Model("m"), "value");
        Assert.Equal("value", await connection.Database.StringGetAsync(connection.Keys.Model("m")));
    }

    [Fact]
    public void The_engine_runs_scripts()
    {
        using var engine = new HostedEngine();
        Assert.Equal(3, engine.Invoke("param($a) $a + 1", new Dictionary<string, object> { ["a"] = 2 }).OutputWithoutErrors[0].BaseObject);
    }
}
