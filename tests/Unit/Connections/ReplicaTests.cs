using System.Diagnostics;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Connections;

/// <summary>What is published only once replicas have it: with them, without them, and where they hang.</summary>
public sealed class ReplicaTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly List<RedisServer> _servers = [];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var server in _servers) server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_published_is_on_the_replicas_too()
    {
        var primary = Start();
        await using var connection = await primary.ConnectAsync();
        var replica = await AddReplicaAsync(connection, primary);
        var result = await ImportAsync(connection, new(1));
        Assert.Empty(result.Warnings);
        await using var other = await RedisMLConnection.ConnectAsync(
            ConnectionSettings.For("127.0.0.1", replica.Port) with { Prefix = connection.Prefix }, Cancellation);
        Assert.Equal(result.Version, (await new DatasetStore(other).GetAsync("a", null, Cancellation)).Version);
        Assert.Equal(await connection.KeysAsync(), await KeysAsync(other));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_them_nothing_is_published_and_the_deadline_holds(bool hangs)
    {
        var primary = Start();
        await using var connection = await primary.ConnectAsync();
        var replica = hangs ? await AddReplicaAsync(connection, primary) : null;
        replica?.Signal("STOP");
        try
        {
            var clock = Stopwatch.StartNew();
            var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, new(1, Timeout: 0.5)));
            Assert.Equal(("ReplicasMissing", ErrorKind.OperationTimeout), (error.ErrorId, error.Kind));
            Assert.Contains("0 of 1 replicas", error.Message);
            Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.5), Patience.Event);
            Assert.Empty(await connection.KeysAsync());
        }
        finally
        {
            replica?.Signal("CONT");
        }
    }

    [Fact]
    public async Task Where_they_are_only_preferred_it_is_published_with_a_warning()
    {
        await using var connection = await Start().ConnectAsync();
        var result = await ImportAsync(connection, new(2, Timeout: 0.2, ReplicaPolicy.Prefer));
        Assert.Contains(result.Warnings, w => w.Contains("Only 0 of 2 replicas had version 1 of dataset 'a'"));
        Assert.Equal(1, (await new DatasetStore(connection).GetAsync("a", null, Cancellation)).Version);
    }

    [Fact]
    public async Task That_replicas_are_waited_for_doesnt_make_another_dataset_of_the_same_file()
    {
        await using var connection = await Start().ConnectAsync();
        await ImportAsync(connection, null);
        Assert.True((await ImportAsync(connection, new(1, Timeout: 0.2, ReplicaPolicy.Prefer))).Unchanged);
    }

    [Fact]
    public async Task The_embedded_server_has_none()
    {
        await using var server = EmbeddedServer.EmbeddedServer.Start();
        await using var connection = await RedisMLConnection.ConnectAsync(
            ConnectionSettings.For("127.0.0.1", server.Port).WithCredential(null, server.Password), Cancellation);
        Assert.Equal("ReplicasUnsupported", (await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, new(1)))).ErrorId);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task A_model_waits_for_them_too_and_a_run_without_can_be_resumed()
    {
        var primary = Start();
        await using var connection = await primary.ConnectAsync();
        await ImportAsync(connection, null);
        using var engine = new HostedEngine();
        var parameters = new Dictionary<string, object> { ["Server"] = connection.Endpoint, ["Prefix"] = connection.Prefix };
        const string Head = "param($Server, $Prefix) $ErrorActionPreference = 'Stop'; $null = Connect-RedisML $Server -Prefix $Prefix\n";
        var refused = engine.Invoke(Head
            + "Start-RedisDistributedTraining a m -Algorithm Linear -Label y -ReplicaCount 1 -ReplicaTimeout 2 -Wait", parameters);
        Assert.Contains("ReplicasMissing", refused.Errors[^1].FullyQualifiedErrorId);
        var models = new ModelStore(connection);
        Assert.Empty(await models.ListAsync(Cancellation));

        await AddReplicaAsync(connection, primary);
        var resumed = engine.Invoke(Head + "Get-RedisDistributedTraining | Resume-RedisDistributedTraining -Wait", parameters);
        Assert.Single(resumed.OutputWithoutErrors);
        Assert.Equal(["m"], await models.ListAsync(Cancellation));
        Assert.Empty(resumed.Warnings);

        var again = engine.Invoke(Head + "Get-RedisDistributedTraining | Resume-RedisDistributedTraining -Wait", parameters);
        Assert.Contains("RunEnded", again.Errors[^1].FullyQualifiedErrorId);

        var warned = engine.Invoke(
            Head + "Start-RedisDistributedTraining a m -Algorithm Linear -Label y -ReplicaCount 3 -ReplicaTimeout 0.3 -ReplicaPolicy " +
                "Prefer -Wait", parameters);
        Assert.Single(warned.OutputWithoutErrors);
        Assert.Contains(warned.Warnings, w => w.Contains("Only 1 of 3 replicas had version"));
        // The number of the version that wasn't published isn't given again.
        Assert.Equal(3, (await models.GetAsync("m", null, Cancellation)).Version);
    }

    RedisServer Start(params string[] options)
    {
        RedisServer.SkipIfMissing();
        _servers.Add(new(options));
        return _servers[^1];
    }

    /// <summary>Starts a replica, and waits until it is in step.</summary>
    async Task<RedisServer> AddReplicaAsync(RedisMLConnection connection, RedisServer primary)
    {
        var replica = Start($"replicaof 127.0.0.1 {primary.Port}");
        await Patience.UntilAsync(async () => (int)await connection.Database.ExecuteAsync("WAIT", 1, 100) == 1,
            () => "The replica doesn't come.");
        return replica;
    }

    static async Task<IReadOnlyList<string>> KeysAsync(RedisMLConnection replica)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var key in replica.Shards[0].KeysAsync(pattern: $"{replica.Prefix}:*")) keys.Add(key!);
        return [.. keys];
    }

    Task<ImportResult> ImportAsync(RedisMLConnection connection, ReplicaDemand? replicas) => DatasetImport.RunAsync(connection,
        _folder.Write("a.csv", "x,y\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i},{i * 3 % 7}\n"))),
        new() { Dataset = "a", Replicas = replicas }, null, Cancellation);
}
