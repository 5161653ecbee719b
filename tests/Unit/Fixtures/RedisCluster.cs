using System.Net;
using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Unit.Fixtures;

/// <summary>A real Redis Cluster on free loopback ports: three masters with a third of the slots each,
/// and a replica of the first where wanted.</summary>
public sealed class RedisCluster : IDisposable
{
    const int Slots = 16384, Masters = 3;

    readonly RedisServer[] _nodes;
    readonly ConnectionMultiplexer _client;

    public RedisCluster(bool replica = false)
    {
        _nodes = [.. Enumerable.Range(0, replica ? Masters + 1 : Masters).Select(_ => new RedisServer(
            "cluster-enabled yes", $"cluster-port {RedisServer.FreePort()}", "cluster-node-timeout 1000", "repl-diskless-sync-delay 0"))];
        _client = ConnectionMultiplexer.Connect(string.Join(',', _nodes.Select(n => $"127.0.0.1:{n.Port}")) + ",allowAdmin=true");
        for (int i = 0; i < Masters; i++)
        {
            Execute(i, "CLUSTER", "ADDSLOTSRANGE", Slots * i / Masters, Slots * (i + 1) / Masters - 1);
            Execute(i, "CLUSTER", "SET-CONFIG-EPOCH", i + 1);
        }
        for (int i = 1; i < _nodes.Length; i++)
            Execute(0, "CLUSTER", "MEET", "127.0.0.1", _nodes[i].Port, $"{Execute(i, "CONFIG", "GET", "cluster-port")[1]}");
        Patience.Until(() => Enumerable.Range(0, _nodes.Length).All(i => $"{Execute(i, "CLUSTER", "INFO")}" is var info
            && info.Contains("cluster_state:ok") && info.Contains($"cluster_known_nodes:{_nodes.Length}\r")), "The cluster doesn't form.");
        if (!replica) return;
        Execute(Masters, "CLUSTER", "REPLICATE", Id(0));
        Patience.Until(() => $"{Execute(Masters, "INFO", "replication")}".Contains("master_link_status:up"), "The replica doesn't come.");
    }

    /// <summary>What reaches the cluster by the node given, under a prefix that nobody else uses.</summary>
    public ConnectionSettings NewSettings(int node = 1) =>
        ConnectionSettings.For("127.0.0.1", _nodes[node].Port) with { Prefix = TestPrefix.New() };

    public Task<RedisMLConnection> ConnectAsync() => RedisMLConnection.ConnectAsync(NewSettings(), TestContext.Current.CancellationToken);

    /// <summary>The keys under a prefix that each master holds itself.</summary>
    public IReadOnlyList<string>[] Keys(string prefix) =>
        [.. Enumerable.Range(0, Masters)
            .Select(i => (IReadOnlyList<string>)[.. ((RedisResult[])Execute(i, "KEYS", $"{prefix}:*")!).Select(k => (string)k!)])];

    /// <summary>Begins to move a slot to the first master: keys that its owner hasn't are asked for there.</summary>
    /// <remarks>Always to the same master: moves to and fro, faster than nodes tell each other of them,
    /// would leave slots without an owner.</remarks>
    /// <returns>Whether it isn't there already.</returns>
    public bool BeginMove(int slot)
    {
        int from = OwnerOf(slot);
        if (from == 0) return false;
        Execute(0, "CLUSTER", "SETSLOT", slot, "IMPORTING", Id(from));
        Execute(from, "CLUSTER", "SETSLOT", slot, "MIGRATING", Id(0));
        return true;
    }

    /// <summary>Moves the keys of such a slot, and then the slot.</summary>
    public void EndMove(int slot)
    {
        int from = OwnerOf(slot);
        while ((RedisResult[])Execute(from, "CLUSTER", "GETKEYSINSLOT", slot, 100)! is { Length: > 0 } keys)
            foreach (var key in keys) Execute(from, "MIGRATE", "127.0.0.1", _nodes[0].Port, (RedisKey)(string)key!, 0, 5000);
        foreach (int node in new[] { 0, from, Masters - from }) Execute(node, "CLUSTER", "SETSLOT", slot, "NODE", Id(0));
    }

    /// <summary>Ends the first master at once, as kill -9 does. Its replica, where it has one,
    /// takes its place about two seconds later.</summary>
    public void KillFirst() => _nodes[0].Kill();

    public void Dispose()
    {
        _client.Dispose();
        foreach (var node in _nodes) node.Dispose();
    }

    string Id(int node) => $"{Execute(node, "CLUSTER", "MYID")}";

    int OwnerOf(int slot) => Enumerable.Range(0, Masters).First(i => $"{Execute(i, "CLUSTER", "NODES")}".Split('\n')
        .Single(line => line.Contains("myself")).Split(' ')[8..].Where(range => range[0] != '[').Select(range => range.Split('-'))
        .Any(range => int.Parse(range[0]) <= slot && slot <= int.Parse(range[^1])));

    RedisResult Execute(int node, string command, params object[] arguments) =>
        _client.GetServer(IPAddress.Loopback, _nodes[node].Port).Execute(command, arguments);
}
