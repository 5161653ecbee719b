using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Datasets;

/// <summary>Imports into a Redis Cluster: what they write is spread over its shards, and they outlast what happens to those.</summary>
[Collection(RedisClusterCollection.Name)]
public sealed class ClusterImportTests(RedisClusterFixture redis) : NumberedRowsTests
{
    const int Rows = 20_000;

    /// <summary>For some parts, between which an import can break off, and some chunks.</summary>
    static readonly string s_more = Long(120), s_muchMore = Long(300);

    public static TheoryData<DatasetLayout, string?> Layouts =>
        new() { { DatasetLayout.Columnar, null }, { DatasetLayout.Hash, null }, { DatasetLayout.Hash, "id" },
            { DatasetLayout.Stream, null } };

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task What_is_imported_is_spread_over_the_shards_replaced_added_to_and_removed_whole(DatasetLayout layout, string? key)
    {
        await using var connection = await redis.ConnectAsync();
        var options = Options(layout, key);
        await ImportAsync(connection, WriteRows(100, "old.csv"), options);
        await ImportAsync(connection, WriteRows(Rows - 1000, more: s_more), options with { Force = true });
        // Rows with a key may come again.
        int again = key is null ? 0 : 5000;
        await ImportAsync(connection, WriteRows(1000 + again, "more.csv", from: Rows - 1000 - again), options with { Append = true });
        await AssertWholeAsync(connection, Rows);
        var shards = redis.Cluster.Keys(connection.Prefix).Select(keys => keys.Count(k => k.Contains(":chunk:") || k.Contains(":row:")))
            .ToArray();
        if (layout == DatasetLayout.Hash) Assert.All(shards, rows => Assert.InRange(rows, Rows / 5, Rows / 2));
        if (layout == DatasetLayout.Hash) Assert.Equal(Rows, shards.Sum());
        // A few chunks of the old version may still be there, for who reads them.
        if (layout == DatasetLayout.Columnar) Assert.True(shards.Count(chunks => chunks > 0) >= 2, string.Join(", ", shards));
        Assert.True(await new DatasetStore(connection).RemoveAsync("a", Cancellation));
        Assert.All(redis.Cluster.Keys(connection.Prefix), Assert.Empty);
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
    [MemberData(nameof(Layouts))]
    public async Task Slots_that_move_in_the_middle_of_an_import_cost_nothing(DatasetLayout layout, string? key)
    {
        await using var connection = await redis.ConnectAsync();
        var keys = connection.Keys;
        List<int> moving = [], moved = [];
        int reports = 0;
        var progress = new AtReport(0, () =>
        {
            if (++reports > 2) return;
            if (reports == 2)
            {
                foreach (int slot in moved) redis.Cluster.EndMove(slot);
                return;
            }
            string import = connection.Database.SetMembers(keys.Imports)[0]!;
            RedisKey[] some = [keys.Imports, keys.Journal(import), keys.Dataset("a"), keys.Datasets, keys.Rows("a", import),
                .. Enumerable.Range(0, 6).Select(i => keys.Chunk("a", import, i)), .. Enumerable.Range(1, 8)
                    .Select(i => keys.Row("a", $"{i * Rows / 8}"))];
            foreach (int slot in some.Select(k => connection.Database.Multiplexer.GetHashSlot(k)).Distinct().Where(redis.Cluster.BeginMove))
                (moving.Count > moved.Count ? moved : moving).Add(slot);
        }, delay: 40, every: 1);
        var result = await DatasetImport.RunAsync(connection, WriteRows(Rows, more: s_more), Options(layout, key), progress, Cancellation);
        Assert.Equal(Rows, result.RowsWritten);
        Assert.True(reports >= 2 && moved.Count > 0);
        await AssertWholeAsync(connection, Rows);
        foreach (int slot in moving) redis.Cluster.EndMove(slot);
        await AssertWholeAsync(connection, Rows);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":import"));
    }

    [Theory]
    [InlineData(DatasetLayout.Columnar)]
    [InlineData(DatasetLayout.Hash)]
    public async Task A_master_that_is_killed_is_replaced_by_its_replica_and_the_import_completes_or_says_what_was_lost(
        DatasetLayout layout)
    {
        RedisServer.SkipIfMissing();
        using var cluster = new RedisCluster(replica: true);
        await using var connection = await cluster.ConnectAsync();
        int reports = 0;
        var progress = new AtReport(0, () =>
        {
            if (++reports == 2) cluster.KillFirst();
        }, delay: 40, every: 1);
        var path = WriteRows(Rows, more: s_more);
        try
        {
            var result = await DatasetImport.RunAsync(connection, path, Options(layout), progress, Cancellation);
            Assert.Equal(Rows, result.RowsWritten);
        }
        catch (RedisMLException e)
        {
            // Replicas follow a moment later: what the master had acknowledged last may be gone.
            Assert.Equal("ChunkLost", e.ErrorId);
            Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
            await ImportAsync(connection, path, Options(layout));
        }
        Assert.True(reports >= 2);
        await AssertWholeAsync(connection, Rows);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task What_was_broken_off_goes_on_with_resume(DatasetLayout layout, string? key)
    {
        await using var connection = await redis.ConnectAsync();
        var path = WriteRows(Rows, more: s_muchMore);
        await BreakOffAsync(connection, path, Options(layout, key));
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
        var result = await ImportAsync(connection, path, Options(layout, key) with { Resume = true });
        Assert.InRange(result.RowsResumed, 1, Rows - 1);
        Assert.Equal((Rows, Rows), (result.RowsRead, result.RowsWritten));
        await AssertWholeAsync(connection, Rows);
        var keys = await connection.KeysAsync();
        Assert.DoesNotContain(keys, k => k.Contains(":import"));
        Assert.Equal((await new DatasetStore(connection).GetAsync("a", null, Cancellation)).Chunks, keys.Count(k => k.Contains(":chunk:")));
    }

    [Fact]
    public async Task What_a_killed_process_left_goes_on_with_resume()
    {
        const int rows = 5 * Rows;
        await using var connection = await redis.ConnectAsync();
        var path = WriteRows(rows, more: s_more);
        using var process =
            new HostProcess(
            $"$null = Connect-RedisML {connection.Endpoint} -Prefix {connection.Prefix}; Import-RedisTrainingData '{path}' -Dataset a " +
            "-Layout Hash -Key id -Compression None");
        Patience.Until(HasCheckpoint, "The import makes no checkpoint.");
        process.Kill();
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
        var result = await ImportAsync(connection, path, Options(DatasetLayout.Hash, "id") with { Resume = true });
        Assert.InRange(result.RowsResumed, 1, rows - 1);
        Assert.Equal(rows, result.RowsWritten);
        await AssertWholeAsync(connection, rows);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":import"));

        bool HasCheckpoint() => connection.Database.SetMembers(connection.Keys.Imports)
            .Any(import => connection.Database.HashExists(connection.Keys.Journal(import!), "checkpoint"));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task What_a_dead_process_left_is_swept_by_its_journal_from_every_shard(DatasetLayout layout, string? key)
    {
        await using var connection = await redis.ConnectAsync();
        await BreakOffAsync(connection, WriteRows(Rows, more: s_muchMore), Options(layout, key));
        string import = connection.Database.SetMembers(connection.Keys.Imports).Single()!;
        var journal = connection.Keys.Journal(import);
        if (layout == DatasetLayout.Columnar)
        {
            // All that the journal announces: the few chunks that were written may lie on one shard.
            int announced = (int)connection.Database.HashGet(journal, "chunks");
            var chunks = Enumerable.Range(0, announced).Select(i => connection.Keys.Chunk("a", import, i));
            await Task.WhenAll(chunks.Select(chunk => connection.Database.StringSetAsync(chunk, "")));
        }
        bool IsData(string key) => key.Contains(":chunk:") || key.Contains(":row");
        var left = redis.Cluster.Keys(connection.Prefix);
        if (layout == DatasetLayout.Stream) Assert.Contains(left, shard => shard.Any(IsData));
        else Assert.All(left, shard => Assert.Contains(shard, IsData));
        await connection.Database.HashSetAsync(journal, [new("owner", "dead"), new("beat", 1)]);
        await ImportAsync(connection, WriteRows(10, "b.csv"), new() { Dataset = "b" });
        Assert.True(await new DatasetStore(connection).RemoveAsync("b", Cancellation));
        Assert.All(redis.Cluster.Keys(connection.Prefix), Assert.Empty);
    }

    static ImportOptions Options(DatasetLayout layout, string? key = null) =>
        new() { Dataset = "a", Layout = layout, Key = key, Compression = ChunkCompression.None };

    static Task<ImportResult> ImportAsync(RedisMLConnection connection, string path, ImportOptions options) =>
        DatasetImport.RunAsync(connection, path, options, null, Cancellation);

    static async Task BreakOffAsync(RedisMLConnection connection, string path, ImportOptions options)
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatasetImport.RunAsync(connection, path, options, new AtReport(3, cancel.Cancel, delay: 40), cancel.Token));
    }
}
