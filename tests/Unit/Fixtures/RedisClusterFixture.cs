using RedisML.Connections;

namespace RedisML.Unit.Fixtures;

/// <summary>Tests that run on a Redis Cluster, one for all of them.</summary>
[CollectionDefinition(Name)]
public sealed class RedisClusterCollection : ICollectionFixture<RedisClusterFixture>
{
    public const string Name = "Redis Cluster";
}

/// <summary>Starts the cluster for the first test that asks. Where redis-server isn't installed, those tests are skipped.</summary>
public sealed class RedisClusterFixture : IDisposable
{
    readonly Lazy<RedisCluster> _cluster = new(() => new());

    public RedisCluster Cluster
    {
        get
        {
            RedisServer.SkipIfMissing();
            return _cluster.Value;
        }
    }

    public Task<RedisMLConnection> ConnectAsync() => Cluster.ConnectAsync();

    public void Dispose()
    {
        if (_cluster.IsValueCreated) _cluster.Value.Dispose();
    }
}
