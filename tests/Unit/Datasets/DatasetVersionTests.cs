using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

[Collection(RedisClusterCollection.Name)]
public sealed class DatasetVersionTests(RedisServerFixture redis, RedisClusterFixture cluster)
{
    static readonly IReadOnlyList<ColumnSchema> s_schema = [new("x", ColumnType.Int64)];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Versions_beyond_those_kept_go_whole_once_the_grace_period_is_over(bool onCluster)
    {
        await using var connection = await (onCluster ? cluster.ConnectAsync() : redis.ConnectAsync());
        for (int i = 0; i < 3; i++) await WriteAsync(connection, chunks: 2, append: false, keepVersions: 2);
        Assert.Equal(3, (await VersionsAsync(connection)).Count);
        await AgeAsync(connection);
        await WriteAsync(connection, chunks: 2, append: false);
        Assert.Equal([3L, 4], await VersionsAsync(connection));
        Assert.Equal(4, await CountAsync(connection, ":chunk:"));
        Assert.Equal(2, await CountAsync(connection, ":page:"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Removing_a_version_spares_what_later_ones_share_and_leaves_no_orphan(bool onCluster)
    {
        await using var connection = await (onCluster ? cluster.ConnectAsync() : redis.ConnectAsync());
        await WriteAsync(connection, chunks: 2, append: false, keepVersions: 1);
        for (int i = 0; i < 3; i++) await WriteAsync(connection, chunks: 1, append: true);
        await AgeAsync(connection);
        await WriteAsync(connection, chunks: 1, append: true);
        Assert.Equal([4L, 5], await VersionsAsync(connection));
        Assert.Equal(6, await CountAsync(connection, ":chunk:"));
        Assert.Equal([0L, 1, 0, 0, 0, 0], (await connection.RowsAsync("a")).Select(r => (long)r[0]!));
        await AgeAsync(connection);
        await WriteAsync(connection, chunks: 1, append: false);
        await AgeAsync(connection);
        await WriteAsync(connection, chunks: 1, append: false);
        Assert.Equal([6L, 7], await VersionsAsync(connection));
        Assert.Equal(2, await CountAsync(connection, ":chunk:"));
        Assert.True(await new DatasetStore(connection).RemoveAsync("a", Cancellation));
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task A_pinned_version_stays_until_the_pin_goes_or_lapses()
    {
        await using var connection = await redis.ConnectAsync();
        var first = await WriteAsync(connection, chunks: 1, append: false, keepVersions: 1);
        var pin = new DatasetPin(connection, first);
        await pin.KeepAsync(Cancellation);
        Assert.Equal("DatasetInUse",
            (await Assert.ThrowsAsync<RedisMLException>(() => new DatasetStore(connection).RemoveAsync("a", Cancellation))).ErrorId);
        await WriteAsync(connection, chunks: 1, append: false);
        await AgeAsync(connection);
        await WriteAsync(connection, chunks: 1, append: false);
        Assert.Contains(1L, await VersionsAsync(connection));
        Assert.Single(await connection.RowsAsync("a", 1));
        await pin.DisposeAsync();
        await AgeAsync(connection);
        await WriteAsync(connection, chunks: 1, append: false);
        Assert.DoesNotContain(1L, await VersionsAsync(connection));

        connection.Database.HashSet(connection.Keys.Dataset("a"), "pin:dead", "4 1");
        await AgeAsync(connection);
        await WriteAsync(connection, chunks: 1, append: false);
        Assert.DoesNotContain(4L, (await VersionsAsync(connection)).SkipLast(2));
        Assert.True(await new DatasetStore(connection).RemoveAsync("a", Cancellation));
    }

    [Fact]
    public async Task A_long_read_pins_its_version_and_lets_go_of_it()
    {
        await using var connection = await redis.ConnectAsync();
        var dataset = await WriteAsync(connection, chunks: 3, append: false, entryBytes: 10 << 20);
        var head = connection.Keys.Dataset("a");
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: Cancellation))
        {
            chunk.Dispose();
            Assert.Contains(connection.Database.HashKeys(head), f => ((string)f!).StartsWith("pin:", StringComparison.Ordinal));
        }
        Assert.DoesNotContain(connection.Database.HashKeys(head), f => ((string)f!).StartsWith("pin:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hundred_thousand_chunks_publish_list_and_append_without_being_rewritten()
    {
        // One of its own: commands are counted by server.
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        await using var connection = await server.ConnectAsync();
        var dataset = await WriteAsync(connection, chunks: 100_500, append: false);
        Assert.Equal((101, 100_500), (dataset.Pages.Count, dataset.Chunks));
        Assert.Equal(100_500, (await new DatasetStore(connection).ListAsync(_ => true, Cancellation)).Single().Chunks);
        long before = await CommandsAsync(connection);
        var appended = await WriteAsync(connection, chunks: 1, append: true);
        // A journal, a chunk, a page of 501 entries checked and written, the head: but no page of the 100 before.
        Assert.InRange(await CommandsAsync(connection) - before, 1, 1500);
        Assert.Equal(dataset.Pages.Take(100), appended.Pages.Take(100));
        Assert.Equal((100_501, 501), (appended.Chunks, appended.Pages[^1].Chunks));
    }

    [Fact]
    public async Task A_journal_that_outlived_its_publication_costs_no_data_when_it_is_swept()
    {
        await using var connection = await redis.ConnectAsync();
        var dataset = await WriteAsync(connection, chunks: 2, append: false);
        var import = dataset.Sources[0].Import;
        connection.Database.HashSet(connection.Keys.Journal(import), [new("dataset", "a"), new("chunks", 64), new("beat", 1)]);
        connection.Database.SetAdd(connection.Keys.Imports, import);
        await WriteAsync(connection, chunks: 1, append: true);
        Assert.Equal(3, (await connection.RowsAsync("a")).Count);
        Assert.False(connection.Database.KeyExists(connection.Keys.Journal(import)));
    }

    /// <summary>A last page that is full is shared: it isn't written again behind itself, and it isn't left out.</summary>
    [Fact]
    public async Task A_version_whose_last_page_is_full_shares_it_with_what_is_added()
    {
        await using var connection = await redis.ConnectAsync();
        var full = await WriteAsync(connection, chunks: DatasetWriter.PageLength, append: false);
        var added = await WriteAsync(connection, chunks: 1, append: true);
        Assert.Equal([full.Pages.Single()], added.Pages.SkipLast(1));
        Assert.Equal((DatasetWriter.PageLength + 1, DatasetWriter.PageLength + 1L, 1), (added.Chunks, added.Rows, added.Pages[^1].Chunks));
        Assert.Equal(Enumerable.Range(0, DatasetWriter.PageLength).Append(0).Select(i => (long)i),
            (await connection.RowsAsync("a")).Select(row => (long)row[0]!));
    }

    /// <summary>That a key is there isn't enough: what lies there must be as long as what was written.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_chunk_that_was_overwritten_with_another_length_is_not_published(int longer)
    {
        await using var connection = await redis.ConnectAsync();
        var builder = new ChunkBuilder(s_schema);
        await using (var writer = await DatasetWriter.StartAsync(connection, "a", s_schema, Cancellation))
        {
            ((RedisML.Columns.Builders.Int64ColumnBuilder)builder.Columns[0]).Append(7);
            var chunk = builder.Encode(ChunkCompression.None);
            var entry = await writer.WriteAsync(0, chunk, Cancellation);
            writer.Commit(entry, chunk.Statistics);
            connection.Database.StringSet(entry.Key, new byte[entry.Bytes + longer]);
            var error = await Assert.ThrowsAsync<RedisMLException>(
                () => writer.PublishAsync(null, null, ChunkCompression.None, "", Cancellation));
            Assert.Equal(("ChunkLost", entry.Key), (error.ErrorId, error.Target));
        }
        Assert.Empty(await connection.KeysAsync());
    }

    /// <summary>An import that broke off is nobody's: not even who owned it writes there any more.</summary>
    [Fact]
    public async Task A_late_note_in_a_journal_without_an_owner_changes_nothing()
    {
        await using var connection = await redis.ConnectAsync();
        var journal = await ImportJournal.OpenAsync(connection, "a", Cancellation);
        await journal.ExtendAsync(64, Cancellation);
        await journal.GiveUpAsync();
        var before = connection.Database.HashGetAll(connection.Keys.Journal(journal.ImportId));
        Assert.Equal(JournalState.Others, await journal.AnnounceAsync("publishing"));
        var error = await Assert.ThrowsAsync<RedisMLException>(() => journal.CheckpointAsync("late", Cancellation));
        Assert.Equal("ImportTakenOver", error.ErrorId);
        Assert.Equal(before, connection.Database.HashGetAll(connection.Keys.Journal(journal.ImportId)));
    }

    /// <summary>A version of chunks of one row each, numbered from 0.</summary>
    static async Task<Dataset> WriteAsync(RedisMLConnection connection, int chunks, bool append, int? keepVersions = null,
        int entryBytes = 0)
    {
        var current = await new DatasetStore(connection).FindAsync("a", Cancellation);
        var builder = new ChunkBuilder(s_schema);
        var writer = await DatasetWriter.StartAsync(connection, "a", s_schema, Cancellation, append ? current : null);
        await using (writer)
        {
            var writing = new List<Task>();
            for (int i = 0; i < chunks; i++)
            {
                ((RedisML.Columns.Builders.Int64ColumnBuilder)builder.Columns[0]).Append(i);
                var chunk = builder.Encode(ChunkCompression.None);
                if (entryBytes > 0) chunk.Data.Write(new byte[entryBytes]);
                if (entryBytes > 0) chunk = chunk with { Checksum = ChunkCodec.Checksum(chunk.Data.WrittenMemory.Span) };
                writing.Add(writer.WriteAsync(i, chunk, Cancellation));
                if (writing.Count < 256 && i < chunks - 1) continue;
                foreach (var write in writing.Cast<Task<ChunkEntry>>()) writer.Commit(await write, chunk.Statistics);
                writing.Clear();
            }
            return await writer.PublishAsync(current, null, ChunkCompression.None, $"{Guid.NewGuid()}", Cancellation, keepVersions);
        }
    }

    /// <summary>Makes all versions an hour old.</summary>
    static async Task AgeAsync(RedisMLConnection connection)
    {
        foreach (var version in await new DatasetStore(connection).VersionsAsync("a", Cancellation))
            connection.Database.HashSet(connection.Keys.Dataset("a"), $"version:{version.Version}",
                (version with { Created = version.Created.AddHours(-1) }).ToJson());
    }

    static async Task<IReadOnlyList<long>> VersionsAsync(RedisMLConnection connection) =>
        [.. (await new DatasetStore(connection).VersionsAsync("a", Cancellation)).Select(v => v.Version)];

    static async Task<int> CountAsync(RedisMLConnection connection, string part) =>
        (await connection.KeysAsync()).Count(k => k.Contains(part));

    static async Task<long> CommandsAsync(RedisMLConnection connection) => long.Parse(
        ((string)(await connection.Database.ExecuteAsync("INFO", "stats"))!).Split('\n')
            .First(l => l.StartsWith("total_commands_processed:", StringComparison.Ordinal)).Split(':')[1]);
}
