using System.Collections.Concurrent;
using System.Text;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>In each of these no half dataset is visible, no row comes twice, none is lost:
/// there is one clear error or a completed import.</summary>
public sealed class ImportFaultTests(EmbeddedServerFixture embedded) : NumberedRowsTests
{
    const int Rows = 90_000, BadEvery = Rows / 30;
    static readonly string s_more = Long(120);
    static readonly ImportOptions s_options = new() { Dataset = "a", Compression = ChunkCompression.None };

    [Fact]
    public async Task A_persistent_server_that_is_killed_and_comes_back_costs_nothing()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("appendonly yes", "appendfsync always");
        await using var connection = await server.ConnectAsync();
        var progress = new AtReport(5, () =>
        {
            server.Kill();
            server.Restart();
        }, delay: 60);
        var result = await DatasetImport.RunAsync(connection, WriteRows(Rows, more: s_more), s_options, progress, Cancellation);
        Assert.Equal((Rows, Rows), (result.RowsRead, result.RowsWritten));
        await AssertWholeAsync(connection, Rows);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":import"));
    }

    [Fact]
    public async Task A_server_that_forgets_what_it_acknowledged_is_noticed_and_nothing_stays()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        await using var connection = await server.ConnectAsync();
        var progress = new AtReport(5, () =>
        {
            server.Kill();
            server.Restart();
        }, delay: 60);
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, WriteRows(Rows, more: s_more), s_options, progress, Cancellation));
        Assert.Equal("ChunkLost", error.ErrorId);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task After_a_kill_and_Ctrl_C_the_import_goes_on_with_resume()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("appendonly yes", "appendfsync always");
        await using var connection = await server.ConnectAsync();
        var path = WriteRows(Rows, more: s_more);
        await BreakOffAsync(server, connection, path, s_options);
        await using var later = await RedisMLConnection.ConnectAsync(connection.Settings, Cancellation);
        Assert.Null(await new DatasetStore(later).FindAsync("a", Cancellation));
        var result = await DatasetImport.RunAsync(later, path, s_options with { Resume = true }, null, Cancellation);
        Assert.InRange(result.RowsResumed, 1, Rows - 1);
        Assert.Equal((Rows, Rows), (result.RowsRead, result.RowsWritten));
        await AssertWholeAsync(later, Rows);
        Assert.DoesNotContain(await later.KeysAsync(), k => k.Contains(":import"));
    }

    [Fact]
    public async Task A_connection_that_is_cut_again_and_again_costs_nothing()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer();
        await using var connection = await server.ConnectAsync();
        await using var killer = await server.ConnectAsync();
        var progress = new AtReport(0, () => killer.Database.Execute("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"), every: 4);
        await DatasetImport.RunAsync(connection, WriteRows(Rows, more: s_more), s_options, progress, Cancellation);
        await AssertWholeAsync(connection, Rows);
    }

    [Theory]
    [InlineData("noeviction")]
    [InlineData("volatile-lru")]
    public async Task A_full_server_stops_the_import_which_goes_on_once_there_is_room(string policy)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("maxmemory 10mb", $"maxmemory-policy {policy}");
        await using var connection = await server.ConnectAsync();
        var path = WriteRows(Rows, more: s_more);
        var slowly = new AtReport(int.MaxValue, () => { }, delay: 60);
        var error =
            await Assert.ThrowsAsync<RedisMLException>(() => DatasetImport.RunAsync(connection, path, s_options, slowly, Cancellation));
        Assert.Equal("RedisOutOfMemory", error.ErrorId);
        Assert.Matches(@"About [1-9][0-9]* MB more are needed\. Its maxmemory is 10 MB\. Nothing was published\. .*-Resume", error.Message);
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));

        connection.Database.Execute("CONFIG", "SET", "maxmemory", "200mb");
        var result = await DatasetImport.RunAsync(connection, path, s_options with { Resume = true }, null, Cancellation);
        Assert.Equal(Rows, result.RowsRead);
        await AssertWholeAsync(connection, Rows);
    }

    [Fact]
    public async Task On_a_full_server_a_new_start_makes_room_of_what_the_one_before_left()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("maxmemory 10mb");
        await using var connection = await server.ConnectAsync();
        await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, WriteRows(Rows, more: s_more), s_options, null, Cancellation));
        await DatasetImport.RunAsync(connection, WriteRows(1000, "b.csv"), s_options, null, Cancellation);
        Assert.Single(await connection.KeysAsync(), k => k.Contains(":chunk:"));
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("allkeys-random")]
    public async Task A_server_that_evicts_any_key_is_noticed(string policy)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("maxmemory 8mb", $"maxmemory-policy {policy}");
        await using var connection = await server.ConnectAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, WriteRows(Rows, more: s_more), s_options, null, Cancellation));
        Assert.Equal("ChunkLost", error.ErrorId);
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":chunk:"));

        var result = await DatasetImport.RunAsync(connection, WriteRows(1000, "b.csv"), s_options, null, Cancellation);
        Assert.Contains(policy, Assert.Single(result.Warnings));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_Ctrl_C_broke_off_goes_on_plain_and_gzipped_with_its_rejected_rows(bool gzip)
    {
        await using var connection = await embedded.ConnectAsync();
        var content = new StringBuilder("id,value,text\n");
        for (int i = 0; i < Rows; i++)
            content.Append(i).Append(i % BadEvery == 0 ? ",bad," : ",0.123456789,").Append(i).Append(s_more).Append('\n');
        var path = gzip ? Folder.WriteGzip("a.csv.gz", content.ToString()) : Folder.Write("a.csv", content.ToString());
        var options = s_options with
        {
            BadRow = BadRowPolicy.Quarantine,
            Schema = new Dictionary<string, ColumnType> { ["value"] = ColumnType.Float64 },
            Resume = true,
        };
        long resumed = 0;
        ImportResult? result = null;
        for (int stop = 10; result is null; stop += 10)
        {
            using var cancel = new CancellationTokenSource();
            try
            {
                result = await DatasetImport.RunAsync(connection, path, options,
                new AtReport(stop > 20 ? int.MaxValue : 6, cancel.Cancel, delay: 60), cancel.Token);
            }
            catch (OperationCanceledException) { Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation)); }
            resumed = result?.RowsResumed ?? 0;
        }
        Assert.InRange(resumed, 1, Rows - 1);
        Assert.Equal((Rows, Rows - 30, 30), (result.RowsRead, result.RowsWritten, result.RowsRejected));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i * BadEvery + 2}"), File.ReadLines(result.RejectPath!).Skip(1)
            .Select(l => l.Split(',')[0]));
        Assert.Equal(Enumerable.Range(0, Rows).Where(i => i % BadEvery != 0).Select(i => (long)i), (await connection.RowsAsync("a"))
            .Select(r => (long)r[0]!));
    }

    [Theory]
    [InlineData("truncated", "SourceChanged")]
    [InlineData("longer", "SourceChanged")]
    [InlineData("changed", "SourceChanged")]
    [InlineData("options", "ResumeImpossible")]
    [InlineData("dataset", "ResumeImpossible")]
    public async Task A_source_that_changed_between_break_and_resume_is_refused(string what, string errorId)
    {
        await using var connection = await embedded.ConnectAsync();
        var path = WriteRows(Rows, more: s_more);
        var options = s_options;
        await BreakOffAsync(connection, path);
        switch (what)
        {
            case "truncated": File.WriteAllLines(path, File.ReadAllLines(path)[..^10]); break;
            case "longer": File.AppendAllText(path, "1,2,x\n"); break;
            case "changed": File.WriteAllText(path, File.ReadAllText(path).Replace("\n17,", "\n18,")); break;
            case "options": options = options with { NullValues = ["17"] }; break;
            case "dataset":
                await DatasetImport.RunAsync(connection, WriteRows(10, "b.csv"), s_options with { Dataset = "b" }, null,
                Cancellation); break;
        }
        if (what == "dataset")
        {
            var other = await new DatasetStore(connection).GetAsync("b", null, Cancellation);
            connection.Database.HashSet(connection.Keys.Dataset("a"),
                [new("format", 1), new("version", 1), new("version:1", (other with { Name = "a", Rows = 0, Pages = [] }).ToJson())]);
            options = options with { Append = true };
        }
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(connection, path, options with { Resume = true }, null, Cancellation));
        Assert.Equal(errorId, error.ErrorId);
        if (what == "dataset") return;
        var result = await DatasetImport.RunAsync(connection, path, options, null, Cancellation);
        Assert.Equal((0, 1), (result.RowsResumed, result.Version));
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":import"));
        Assert.Equal((await new DatasetStore(connection).GetAsync("a", null, Cancellation)).Chunks, (await connection.KeysAsync())
            .Count(k => k.Contains(":chunk:")));
    }

    [Fact]
    public async Task A_resume_that_breaks_off_before_it_gets_to_where_it_goes_on_loses_and_doubles_nothing()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = WriteRows(Rows, more: s_more);
        await BreakOffAsync(connection, path);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatasetImport.RunAsync(connection, path, s_options with { Resume = true }, new AtReport(1, cancel.Cancel), cancel.Token));
        var result = await DatasetImport.RunAsync(connection, path, s_options with { Resume = true }, null, Cancellation);
        Assert.InRange(result.RowsResumed, 1, Rows - 1);
        await AssertWholeAsync(connection, Rows);
    }

    [Fact]
    public async Task A_process_whose_import_was_taken_over_publishes_nothing_and_harms_nothing()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = WriteRows(Rows, more: s_more);
        await using var other = await embedded.ConnectAsync();
        ImportResult? result = null;
        // While the first is reading, its import is given to a second, which runs to the end.
        var progress = new AtReport(6, () =>
        {
            var entries = connection.Database.SetMembers(connection.Keys.Imports);
            var journal = connection.Keys.Journal(entries[0]!);
            Patience.Until(() => connection.Database.HashExists(journal, "checkpoint"), "There is no checkpoint.");
            result = DatasetImport.RunAsync(connection, path, s_options with { Resume = true }, null, Cancellation).GetAwaiter()
                .GetResult();
        }, delay: 350);
        var error =
            await Assert.ThrowsAsync<RedisMLException>(() => DatasetImport.RunAsync(connection, path, s_options, progress, Cancellation));
        Assert.Contains(error.ErrorId, (string[])["ChunkLost", "ImportTakenOver"]);
        Assert.Equal(Rows, result!.RowsWritten);
        await AssertWholeAsync(connection, Rows);
    }

    [Fact]
    public async Task A_record_of_a_gigabyte_is_given_up_after_a_few_megabytes()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = Folder.Write("a.csv", "id,value\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},text\n")));
        using (var file = File.OpenWrite(path)) file.SetLength(1L << 30);
        var progress = new AtReport(int.MaxValue, () => { });
        var error =
            await Assert.ThrowsAsync<RedisMLException>(() => DatasetImport.RunAsync(connection, path, s_options, progress, Cancellation));
        Assert.Equal("RecordTooLong", error.ErrorId);
        Assert.InRange(progress.Last.BytesRead, 1, 64 << 20);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task Fifty_imports_at_once_into_different_datasets_all_come_through()
    {
        await using var connection = await embedded.ConnectAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            DatasetImport.RunAsync(connection, WriteRows(1000 + i, $"{i}.csv"), s_options with { Dataset = $"d{i}" }, null, Cancellation)));
        Assert.Equal(Enumerable.Range(1000, 50).Select(r => (long)r), results.Select(r => r.RowsWritten));
        foreach (var result in results) Assert.Equal(result.RowsWritten, (await connection.RowsAsync(result.Dataset)).Count);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":import"));
    }

    [Fact]
    public async Task Of_many_appends_at_once_into_one_dataset_each_counts_once_or_says_that_it_does_not()
    {
        await using var connection = await embedded.ConnectAsync();
        await DatasetImport.RunAsync(connection, WriteRows(10), s_options, null, Cancellation);
        var errors = new ConcurrentBag<string>();
        var written = await Task.WhenAll(Enumerable.Range(1, 8).Select(async i =>
        {
            try
            {
                return (await DatasetImport.RunAsync(connection, WriteRows(100 * i, $"{i}.csv"), s_options with { Append = true }, null,
                Cancellation)).RowsWritten;
            }
            catch (RedisMLException e) { errors.Add(e.ErrorId); return 0; }
        }));
        Assert.All(errors, e => Assert.Equal("DatasetChanged", e));
        Assert.Equal(10 + written.Sum(), (await connection.RowsAsync("a")).Count);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":import"));
    }

    static async Task BreakOffAsync(RedisMLConnection connection, string path)
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatasetImport.RunAsync(connection, path, s_options, new AtReport(6, cancel.Cancel, delay: 60), cancel.Token));
    }
}
