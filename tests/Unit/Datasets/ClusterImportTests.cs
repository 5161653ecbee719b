using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Datasets.Chunks;
using RedisML.Datasets.Importing;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Datasets;

/// <summary>Imports into a Redis Cluster: what they write is spread over its shards, and they outlast what happens to those.</summary>
[Collection(RedisClusterCollection.Name)]
public sealed class ClusterImportTests(RedisClusterFixture redis) : IDisposable
{
    const int Rows = 60_000;
    static readonly ImportOptions s_options = new() { Dataset = "a", Compression = ChunkCompression.None };

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DatasetLayout.Columnar)]
    [InlineData(DatasetLayout.Hash)]
    [InlineData(DatasetLayout.Stream)]
    public async Task What_is_imported_is_spread_over_the_shards_replaced_added_to_and_removed_whole(DatasetLayout layout)
    {
        await using var connection = await redis.ConnectAsync();
        var options = s_options with { Layout = layout };
        await DatasetImport.RunAsync(connection, Write("old.csv", 0, 100), options, null, Cancellation);
        await DatasetImport.RunAsync(connection, Write("a.csv", 0, Rows - 1000), options with { Force = true }, null, Cancellation);
        await DatasetImport.RunAsync(connection, Write("more.csv", Rows - 1000, Rows), options with { Append = true }, null, Cancellation);
        await AssertWholeAsync(connection);
        var shards = redis.Cluster.Keys(connection.Prefix).Select(keys => keys.Count(k => k.Contains(":chunk:") || k.Contains(":row:"))).ToArray();
        if (layout == DatasetLayout.Hash) Assert.All(shards, rows => Assert.InRange(rows, Rows / 5, Rows / 2));
        // A few chunks of the old version may still be there, for who reads them.
        if (layout == DatasetLayout.Columnar) Assert.True(shards.Count(chunks => chunks > 0) >= 2, string.Join(", ", shards));
        Assert.True(await new DatasetStore(connection).RemoveAsync("a", Cancellation));
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task Many_chunks_lie_on_every_shard()
    {
        await using var connection = await redis.ConnectAsync();
        var keys = Enumerable.Range(0, 300).Select(i => connection.Keys.Chunk("a", "0f3a", i));
        await Task.WhenAll(keys.Select(k => connection.Database.StringSetAsync(k, "")));
        Assert.All(redis.Cluster.Keys(connection.Prefix), shard => Assert.InRange(shard.Count, 60, 140));
    }

    /// <summary>Journal, head, index, and chunks or rows go to another shard while they are written.</summary>
    [Theory]
    [InlineData(DatasetLayout.Columnar)]
    [InlineData(DatasetLayout.Hash)]
    [InlineData(DatasetLayout.Stream)]
    public async Task Slots_that_move_in_the_middle_of_an_import_cost_nothing(DatasetLayout layout)
    {
        await using var connection = await redis.ConnectAsync();
        var keys = connection.Keys;
        List<int> moving = [], moved = [];
        int reports = 0;
        var progress = new Reports(() =>
        {
            Thread.Sleep(40);
            if (++reports > 2) return;
            if (reports == 2)
            {
                foreach (int slot in moved) redis.Cluster.EndMove(slot);
                return;
            }
            string import = connection.Database.SetMembers(keys.Imports)[0]!;
            RedisKey[] some = [keys.Imports, keys.Journal(import), keys.Dataset("a"), keys.Datasets, keys.Rows("a", import),
                .. Enumerable.Range(0, 6).Select(i => keys.Chunk("a", import, i)), .. Enumerable.Range(1, 8).Select(i => keys.Row("a", $"{i * Rows / 8}"))];
            foreach (int slot in some.Select(k => connection.Database.Multiplexer.GetHashSlot(k)).Distinct().Where(redis.Cluster.BeginMove))
                (moving.Count > moved.Count ? moved : moving).Add(slot);
        });
        var result = await DatasetImport.RunAsync(connection, Write("a.csv", 0, Rows), s_options with { Layout = layout }, progress, Cancellation);
        Assert.Equal(Rows, result.RowsWritten);
        Assert.True(reports >= 2 && moved.Count > 0);
        await AssertWholeAsync(connection);
        foreach (int slot in moving) redis.Cluster.EndMove(slot);
        await AssertWholeAsync(connection);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":import"));
    }

    [Theory]
    [InlineData(DatasetLayout.Columnar)]
    [InlineData(DatasetLayout.Hash)]
    public async Task A_master_that_is_killed_is_replaced_by_its_replica_and_the_import_completes_or_says_what_was_lost(DatasetLayout layout)
    {
        RedisServer.SkipIfMissing();
        using var cluster = new RedisCluster(replica: true);
        await using var connection = await cluster.ConnectAsync();
        int reports = 0;
        var progress = new Reports(() =>
        {
            Thread.Sleep(40);
            if (++reports == 2) cluster.KillFirst();
        });
        var path = Write("a.csv", 0, Rows);
        try
        {
            var result = await DatasetImport.RunAsync(connection, path, s_options with { Layout = layout }, progress, Cancellation);
            Assert.Equal(Rows, result.RowsWritten);
        }
        catch (RedisMLException e)
        {
            // Replicas follow a moment later: what the master had acknowledged last may be gone.
            Assert.Equal("ChunkLost", e.ErrorId);
            Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
            await DatasetImport.RunAsync(connection, path, s_options with { Layout = layout }, null, Cancellation);
        }
        Assert.True(reports >= 2);
        await AssertWholeAsync(connection);
    }

    static async Task AssertWholeAsync(RedisMLConnection connection) =>
        Assert.Equal(Enumerable.Range(0, Rows).Select(i => (long)i), (await connection.RowsAsync("a")).Select(r => (long)r[0]!));

    string Write(string name, int from, int to) =>
        _folder.Write(name, "id,value,text\n" + string.Concat(Enumerable.Range(from, to - from).Select(i => $"{i},{i / 7.0:R},a text of its own {i}\n")));

    sealed class Reports(Action action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action();
    }
}
