using RedisML.Connections;
using RedisML.Errors;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Connections;

public sealed class RedisErrorsTests
{
    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", "RedisLoading", ErrorKind.ResourceUnavailable)]
    [InlineData("BUSY Redis is busy running a script.", "RedisBusy", ErrorKind.ResourceBusy)]
    [InlineData("MISCONF Redis is configured to save RDB snapshots.", "RedisCannotPersist", ErrorKind.WriteError)]
    [InlineData("CLUSTERDOWN The cluster is down", "RedisClusterDown", ErrorKind.ResourceUnavailable)]
    [InlineData("MASTERDOWN Link with MASTER is down", "RedisClusterDown", ErrorKind.ResourceUnavailable)]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot", "RedisClusterDown", ErrorKind.ResourceUnavailable)]
    [InlineData("MOVED 3999 127.0.0.1:6381", "RedisClusterSlot", ErrorKind.InvalidOperation)]
    [InlineData("DENIED Redis is running in protected mode", "PermissionDenied", ErrorKind.PermissionDenied)]
    [InlineData("SimpleError: NOAUTH Authentication required.", "AuthenticationFailed", ErrorKind.AuthenticationError)]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value", "RedisWrongType", ErrorKind.InvalidData)]
    [InlineData("ERR unknown command 'FOO'", "RedisError", ErrorKind.InvalidOperation)]
    public void A_reply_becomes_an_error_that_names_the_server_and_quotes_it(string reply, string errorId, ErrorKind kind)
    {
        var error = RedisErrors.FromReply(reply, "there:6379");
        Assert.Equal((errorId, kind, "there:6379"), (error.ErrorId, error.Kind, error.Target));
        Assert.StartsWith("there:6379 ", error.Message);
        Assert.Contains(reply.Replace("SimpleError: ", "").TrimEnd('.'), error.Message);
    }

    [Fact]
    public void Other_exceptions_are_not_translated()
    {
        Assert.Null(RedisErrors.Translate(new InvalidOperationException(), "there"));
        Assert.Null(RedisErrors.Translate(new ObjectDisposedException("something"), "there"));
        var known = new RedisMLException("Known", ErrorKind.ReadError, "known");
        Assert.Same(known, RedisErrors.Translate(known, "there"));
    }

    [Fact]
    public Task A_full_server_is_out_of_memory() => AssertErrorAsync(
        ["maxmemory 3mb"], "", "RedisOutOfMemory", database => database.StringSetAsync("p:key", new byte[8 << 20]));

    [Fact]
    public Task A_replica_is_read_only() => AssertErrorAsync(
        [$"replicaof 127.0.0.1 {RedisServer.FreePort()}"], "", "RedisReadOnly", database => database.StringSetAsync("p:key", "value"));

    [Fact]
    public Task A_user_who_may_only_read_has_no_permission() => AssertErrorAsync(
        ["user reader on >right ~* +@all -@write"], ",user=reader,password=right", "PermissionDenied",
        database => database.StringSetAsync("p:key", "value"));

    [Fact]
    public async Task A_server_that_dies_is_a_lost_connection_and_one_that_comes_back_is_used_again()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        await using var connection = await ConnectAsync(server, ",asyncTimeout=1000");
        server.Kill();
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => connection.Database.StringSetAsync("p:key", "value"));
        Assert.Contains(RedisErrors.Translate(exception, connection.Endpoint)!.ErrorId, new[] { "ConnectionLost", "RedisTimeout" });
        server.Restart();
        await using var again = await ConnectAsync(server, "");
        for (bool served = false; !served;)
        {
            try { served = await connection.Database.StringSetAsync("p:key", "value"); }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
        Assert.Equal("value", await again.Database.StringGetAsync("p:key"));
    }

    static async Task AssertErrorAsync(string[] options, string connectionOptions, string errorId, Func<IDatabase, Task> command)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer(options);
        await using var connection = await ConnectAsync(server, connectionOptions);
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => command(connection.Database));
        var error = RedisErrors.Translate(exception, connection.Endpoint);
        Assert.True(error?.ErrorId == errorId, $"{error?.ErrorId}: {exception}");
        Assert.Contains($"127.0.0.1:{server.Port}", error!.Message);
    }

    static Task<RedisMLConnection> ConnectAsync(RedisServer server, string options) =>
        RedisMLConnection.ConnectAsync(ConnectionSettings.Parse($"127.0.0.1:{server.Port}{options}"),
            TestContext.Current.CancellationToken);
}
