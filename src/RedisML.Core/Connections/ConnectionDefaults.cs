using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace RedisML.Connections;

/// <summary>What a connection does where its connection string says nothing.</summary>
sealed class ConnectionDefaults : DefaultOptionsProvider
{
    internal static readonly ConnectionDefaults Instance = new();

    public override bool AbortOnConnectFail => true;

    /// <summary>Only to read the settings of the server: nothing here changes them.</summary>
    public override bool AllowAdmin => true;

    public override int ConnectRetry => 1;

    public override TimeSpan? ConnectTimeout => TimeSpan.FromSeconds(5);

    /// <summary>For asynchronous commands too: enough for a window of chunks on a slow network, and for a server to restart.</summary>
    public override TimeSpan SyncTimeout => TimeSpan.FromSeconds(60);

    public override TimeSpan KeepAliveInterval => TimeSpan.FromSeconds(20);

    public override IReconnectRetryPolicy ReconnectRetryPolicy { get; } = new ExponentialRetry(250, 10_000);

    /// <summary>None, nor a configuration channel: they serve several primaries behind one connection.</summary>
    public override string TieBreaker => "";

    public override string ConfigurationChannel => "";

    protected override string GetDefaultClientName() => "RedisML";
}
