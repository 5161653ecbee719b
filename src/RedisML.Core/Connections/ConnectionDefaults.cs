using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace RedisML.Connections;

/// <summary>What a connection does where its connection string says nothing; each has its own.</summary>
sealed class ConnectionDefaults : DefaultOptionsProvider
{
    bool _hasOthers;

    public override bool AbortOnConnectFail => true;

    /// <summary>Only to read the settings of the server: nothing here changes them.</summary>
    public override bool AllowAdmin => true;

    /// <summary>
    /// A single server that is away is waited for. Of several, another may take its place: a command that waited for the one would not
    /// notice, so it fails at once, and whoever sent it tries again.
    /// </summary>
    public override BacklogPolicy BacklogPolicy => _hasOthers ? BacklogPolicy.FailFast : BacklogPolicy.Default;

    public override int ConnectRetry => 1;

    public override TimeSpan? ConnectTimeout => TimeSpan.FromSeconds(5);

    /// <summary>For asynchronous commands too: enough for a window of chunks on a slow network, and for a server to restart.</summary>
    public override TimeSpan SyncTimeout => TimeSpan.FromSeconds(60);

    public override TimeSpan KeepAliveInterval => TimeSpan.FromSeconds(20);

    public override IReconnectRetryPolicy ReconnectRetryPolicy { get; } = new ExponentialRetry(250, 10_000);

    /// <summary>None, nor a configuration channel: they serve several primaries behind one connection.</summary>
    public override string TieBreaker => "";

    public override string ConfigurationChannel => "";

    public override Task AfterConnectAsync(ConnectionMultiplexer multiplexer, Action<string> log)
    {
        _hasOthers = multiplexer.GetServers().Length > 1;
        return Task.CompletedTask;
    }

    protected override string GetDefaultClientName() => "RedisML";
}
