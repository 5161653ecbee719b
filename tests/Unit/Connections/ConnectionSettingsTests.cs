using RedisML.Connections;
using RedisML.Errors;

namespace RedisML.Unit.Connections;

public sealed class ConnectionSettingsTests
{
    [Theory]
    [InlineData("localhost", "localhost:6379")]
    [InlineData("localhost:6380", "localhost:6380")]
    [InlineData("10.0.0.1:1,10.0.0.2:2,ssl=true", "10.0.0.1:1,10.0.0.2:2")]
    [InlineData("cache.example.net,ssl=true", "cache.example.net:6380")]
    [InlineData("redis://localhost", "localhost:6379")]
    [InlineData("REDIS://localhost:7000", "localhost:7000")]
    [InlineData("rediss://cache.example.net", "cache.example.net:6379")]
    [InlineData("redis://[::1]:7000", "[::1]:7000")]
    public void The_endpoint_is_read(string text, string endpoint) => Assert.Equal(endpoint, ConnectionSettings.Parse(text).Endpoint);

    [Theory]
    [InlineData("localhost", null, null, false, 0)]
    [InlineData("localhost,password=p=1,user=ann,ssl=true,defaultDatabase=2", "ann", "p=1", true, 2)]
    [InlineData("redis://ann:p%40ss%2Fw%3Ard%25@localhost/3", "ann", "p@ss/w:rd%", false, 3)]
    [InlineData("redis://:p:q@localhost", null, "p:q", false, 0)]
    [InlineData("rediss://ann@localhost/", "ann", null, true, 0)]
    [InlineData("redis://default:p@localhost", null, "p", false, 0)]
    public void The_credential_Tls_and_database_are_read(string text, string? user, string? password, bool tls, int database)
    {
        var settings = ConnectionSettings.Parse(text);
        Assert.Equal((user, tls, database), (settings.User, settings.Tls, settings.DatabaseIndex));
        Assert.Equal(password, settings.ToOptions().Password);
    }

    [Theory]
    [InlineData("")]
    [InlineData("password=s3cr3t")]
    [InlineData("localhost,password=abc,s3cr3t")]
    [InlineData("localhost,s3cr3t=1")]
    [InlineData("localhost:s3cr3t")]
    [InlineData("localhost,ssl=s3cr3t")]
    [InlineData("http://ann:s3cr3t@localhost")]
    [InlineData("redis://ann:s3cr3t@")]
    [InlineData("redis://ann:s3cr3t@localhost/db")]
    [InlineData("redis://ann:s3cr3t@localhost:port")]
    [InlineData("redis://ann:s3cr3t#1@localhost")]
    [InlineData("redis://localhost?password=s3cr3t")]
    public void What_cannot_be_read_is_an_error_that_repeats_nothing_of_it(string text)
    {
        var error = Assert.Throws<RedisMLException>(() => ConnectionSettings.Parse(text));
        Assert.Equal(("InvalidConnectionString", ErrorKind.InvalidArgument), (error.ErrorId, error.Kind));
        Assert.DoesNotContain("s3cr3t", error.ToString());
    }

    [Theory]
    [InlineData("localhost,user=ann,password=s3cr3t")]
    [InlineData("redis://ann:s3cr3t@localhost")]
    public void No_string_form_holds_the_password(string text)
    {
        var settings = ConnectionSettings.Parse(text).WithTls() with { Prefix = "p" };
        Assert.DoesNotContain("s3cr3t", settings.ToString());
        Assert.DoesNotContain("s3cr3t", string.Join(' ', settings.GetType().GetProperties().Select(p => p.GetValue(settings))));
        Assert.Equal("s3cr3t", settings.ToOptions().Password);
    }

    [Fact]
    public void A_changed_copy_leaves_the_original_and_keeps_the_rest()
    {
        var original = ConnectionSettings.Parse("localhost,asyncTimeout=123") with { Prefix = "mine" };
        var changed = original.WithTls().WithCredential("ann", "p");
        Assert.Equal((null, false), (original.User, original.Tls));
        Assert.Equal(("ann", true, "mine"), (changed.User, changed.Tls, changed.Prefix));
        Assert.Equal(123, changed.ToOptions().AsyncTimeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("{a}")]
    public void A_prefix_is_checked(string prefix) =>
        Assert.Equal("InvalidPrefix",
            Assert.Throws<RedisMLException>(() => ConnectionSettings.For("localhost") with { Prefix = prefix }).ErrorId);

    [Fact]
    public void Defaults_suit_large_values_and_give_way_to_the_connection_string()
    {
        var options = ConnectionSettings.Parse("localhost").ToOptions();
        Assert.Equal((5_000, 60_000, "RedisML", true),
            (options.ConnectTimeout, options.AsyncTimeout, options.Defaults.ClientName, options.AbortOnConnectFail));
        options = ConnectionSettings.Parse("localhost,connectTimeout=1000,asyncTimeout=2000,name=job,abortConnect=false").ToOptions();
        Assert.Equal((1_000, 2_000, "job", true),
            (options.ConnectTimeout, options.AsyncTimeout, options.ClientName, options.AbortOnConnectFail));
        Assert.Equal(2_000, options.SyncTimeout);
    }
}
