using System.Text;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

public sealed class DatasetImportTests(EmbeddedServerFixture embedded, RedisServerFixture redis) : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.Redis)]
    public async Task Types_are_inferred_and_every_value_reads_back(ServerKind server)
    {
        await using var connection = await server.ConnectAsync(embedded, redis);
        var path =
            _folder.Write("a.csv", "id,price,code,flag,name,none\n1,1.5,007,true,\"a,\"\"b\"\"\",\n2,,010,FALSE,größe,\n-3,2,x,,,\n");
        var result = await ImportAsync(connection, path, new() { Dataset = "a", Label = "price" });

        Assert.Equal((3, 3, 0, 1), (result.RowsRead, result.RowsWritten, result.RowsRejected, result.Version));
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.Equal("price", dataset.Label);
        Assert.Equal(
            [ColumnType.Int64, ColumnType.Float64, ColumnType.Utf8, ColumnType.Boolean, ColumnType.Utf8, ColumnType.Utf8],
            dataset.Columns.Select(c => c.Type));
        Assert.Equal(new ColumnStatistics(2, 1, 1.75, 0.125, 1.5, 2), dataset.Columns[1].Statistics);
        Assert.Equal<object?[]>(
            [[1L, 1.5, "007", true, "a,\"b\"", null], [2L, null, "010", false, "größe", null], [-3L, 2.0, "x", null, null, null]],
            await RowsAsync(connection, dataset));
    }

    [Fact]
    public async Task Gzip_is_told_by_its_content_and_null_values_by_their_names()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.WriteGzip("weather.csv", "temp;wind\r\n1,5;NA\r\n-;3\r\n");
        await ImportAsync(connection, path, new() { Dataset = "w", NullValues = ["NA", "-"] });
        var dataset = await new DatasetStore(connection).GetAsync("w", null, Cancellation);
        // A decimal comma is not a separator of thousands.
        Assert.Equal<object?[]>([["1,5", null], [null, 3L]], await RowsAsync(connection, dataset));
    }

    [Fact]
    public async Task A_column_widens_where_later_values_need_it_and_earlier_ones_keep_their_value()
    {
        await using var connection = await embedded.ConnectAsync();
        var content = new StringBuilder("whole,code,late,huge\n");
        for (int i = 0; i < 100_000; i++) content.Append(i).Append(',').Append(i).Append(",,").Append(i).Append('\n');
        content.Append("0.5,00042,7,99999999999999999999\n");
        await ImportAsync(connection, _folder.WriteGzip("a.csv.gz", content.ToString()), new() { Dataset = "a" });
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.Equal([ColumnType.Float64, ColumnType.Utf8, ColumnType.Int64, ColumnType.Utf8], dataset.Columns.Select(c => c.Type));
        var rows = await RowsAsync(connection, dataset);
        Assert.Equal<object?>([99999.0, "99999", null, "99999"], rows[99_999]);
        Assert.Equal<object?>([0.5, "00042", 7L, "99999999999999999999"], rows[100_000]);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,oops\n", "line 3", "'oops' in column 'b' is no Int64")]
    [InlineData("a,b\n1,2\n\"x\ny\",2\n3\n", "line 5", "1 fields instead of 2")]
    [InlineData("a,b\n1,\"2\n", "line 2", "a quote that is never closed")]
    public async Task A_row_that_does_not_fit_stops_with_line_and_value_and_leaves_nothing(string content, params string[] expected)
    {
        await using var connection = await embedded.ConnectAsync();
        var options = new ImportOptions { Dataset = "a", Schema = new Dictionary<string, ColumnType> { ["b"] = ColumnType.Int64 } };
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, _folder.Write("a.csv", content), options));
        Assert.Equal("BadRow", error.ErrorId);
        Assert.All(expected, text => Assert.Contains(text, error.Message));
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task A_title_above_the_header_is_told_how_to_be_passed_over()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.Write("a.csv", "# made by hand\na,b\n1,2\n");
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, path, new() { Dataset = "a" }));
        Assert.Contains("line 2: 2 fields instead of 1 (-Comment '#'", error.Message);
        Assert.Equal(1, (await ImportAsync(connection, path, new() { Dataset = "a", Comment = '#' })).RowsRead);
    }

    [Fact]
    public async Task The_line_of_a_bad_row_counts_the_blocks_before_it()
    {
        await using var connection = await embedded.ConnectAsync();
        var content = new StringBuilder("a,b\n");
        for (int i = 0; i < 300_000; i++) content.Append("12345.678,").Append(i).Append('\n');
        content.Append("x,1\n1,2\n");
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(connection, _folder.WriteGzip("a.csv.gz", content.ToString()), new() { Dataset = "a" }));
        Assert.Contains("line 300002:", error.Message);
        Assert.Empty(await connection.KeysAsync());
    }

    [Theory]
    [InlineData("", "FileEmpty")]
    [InlineData("a,b\n", "HeaderOnly")]
    [InlineData("a,b", "HeaderOnly")]
    [InlineData("PK\u0003\u0004\u0000\u0000binary\n\u0000", "NotText")]
    public async Task What_is_no_table_gives_one_clear_error_and_leaves_nothing(string content, string errorId)
    {
        await using var connection = await embedded.ConnectAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(connection, _folder.Write("a.csv", content), new() { Dataset = "a" }));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains("a.csv", error.Message);
        Assert.Empty(await connection.KeysAsync());
    }

    /// <summary>In names, where they would be replaced in silence, and in rows.</summary>
    [Theory]
    [InlineData("Größe,b\n1,2\n", "NotText")]
    [InlineData("a,b\n1,Müller\n", "BadRow")]
    public async Task Bytes_of_another_encoding_are_an_error_that_names_the_option(string content, string errorId)
    {
        await using var connection = await embedded.ConnectAsync();
        var path = Path.Combine(_folder.Path, "latin1.csv");
        await File.WriteAllBytesAsync(path, Encoding.Latin1.GetBytes(content), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, path, new() { Dataset = "a" }));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains("-Encoding", error.Message);
        await ImportAsync(connection, path, new() { Dataset = "a", Encoding = "latin1" });
    }

    [Theory]
    [InlineData("1.0", "Int64", "Float64")]
    [InlineData("300", "Int8", "Int64")]
    [InlineData("2024-01-05 03:00", "Timestamp(s,Europe/Berlin)", "Timestamp(us)")]
    [InlineData("oops", "Int64", "Utf8")]
    public async Task A_value_that_does_not_fit_names_the_type_that_it_fits(string value, string type, string fitting)
    {
        await using var connection = await embedded.ConnectAsync();
        Assert.True(ColumnType.TryParse(type, out var given));
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, _folder.Write("a.csv", $"v\n{value}\n"),
            new() { Dataset = "a", Schema = new Dictionary<string, ColumnType> { ["v"] = given } }));
        Assert.Contains($"-Schema @{{ 'v' = '{fitting}' }}", error.Message);
    }

    [Fact]
    public async Task Files_that_are_missing_directories_and_unknown_columns_are_named()
    {
        await using var connection = await embedded.ConnectAsync();
        async Task<string> ErrorId(string path, ImportOptions options) =>
            (await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, path, options))).ErrorId;
        Assert.Equal("FileNotFound", await ErrorId(Path.Combine(_folder.Path, "missing.csv"), new() { Dataset = "a" }));
        Assert.Equal("PathIsDirectory", await ErrorId(_folder.Path, new() { Dataset = "a" }));
        Assert.Equal("ColumnNotFound", await ErrorId(_folder.Write("a.csv", "a\n1\n"), new() { Dataset = "a", Label = "b" }));
        Assert.Equal("InvalidName", await ErrorId(_folder.Write("a.csv", "a\n1\n"), new() { Dataset = "a{b}" }));
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task A_truncated_gzip_is_an_error_and_not_a_shorter_dataset()
    {
        await using var connection = await embedded.ConnectAsync();
        var content = "a,b\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},{i * 7919 % 10007}\n"));
        var whole = File.ReadAllBytes(_folder.WriteGzip("whole.csv.gz", content));
        var path = _folder.Write("cut.csv.gz", whole[..(whole.Length / 2)]);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, path, new() { Dataset = "a" }));
        Assert.Equal("SourceCorrupt", error.ErrorId);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing_and_another_one_needs_force()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.Write("a.csv", "a\n1\n2\n");
        await ImportAsync(connection, path, new() { Dataset = "a" });
        var keys = await connection.KeysAsync();
        var again = await ImportAsync(connection, path, new() { Dataset = "a" });
        Assert.Equal((true, 1, 0), (again.Unchanged, again.Version, again.RowsWritten));
        Assert.Equal(keys, await connection.KeysAsync());

        File.WriteAllText(path, "a\n3\n");
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, path, new() { Dataset = "a" }));
        Assert.Equal("DatasetExists", error.ErrorId);
        Assert.Equal(2, (await ImportAsync(connection, path, new() { Dataset = "a", Force = true })).Version);
        var store = new DatasetStore(connection);
        Assert.Equal(1, (await store.GetAsync("a", null, Cancellation)).Rows);
        Assert.Equal(2, (await store.GetAsync("a", 1, Cancellation)).Rows);
    }

    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.Redis)]
    public async Task Removing_a_dataset_leaves_no_key(ServerKind server)
    {
        await using var connection = await server.ConnectAsync(embedded, redis);
        var path = _folder.Write("a.csv", "a\n1\n");
        for (int i = 0; i < 4; i++) await ImportAsync(connection, path, new() { Dataset = "a", Force = true });
        Assert.True(await new DatasetStore(connection).RemoveAsync("a", Cancellation));
        Assert.False(await new DatasetStore(connection).RemoveAsync("a", Cancellation));
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task Of_two_imports_at_once_into_one_dataset_one_wins_and_the_other_leaves_nothing()
    {
        await using var connection = await embedded.ConnectAsync();
        var imports = Enumerable.Range(0, 2).Select(i =>
            ImportAsync(connection, _folder.Write($"{i}.csv", "a\n" + string.Concat(Enumerable.Repeat($"{i}\n", 50_000))),
                new() { Dataset = "a" }));
        var outcomes = await Task.WhenAll(imports.Select(async t =>
        {
            try { return (await t).Version.ToString(); }
            catch (RedisMLException e) { return e.ErrorId; }
        }));
        Assert.Contains("1", outcomes);
        Assert.Contains(outcomes, o => o is "DatasetChanged" or "DatasetExists");
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.Equal(dataset.Chunks, (await connection.KeysAsync()).Count(k => k.Contains(":chunk:")));
    }

    [Fact]
    public async Task A_cancelled_import_shows_nothing_and_the_next_one_discards_what_it_left()
    {
        await using var connection = await embedded.ConnectAsync();
        var content = "a,b\n" + string.Concat(Enumerable.Range(0, 400_000).Select(i => $"{i},{i}\n"));
        using var cancel = new CancellationTokenSource();
        var progress = new CancelAfterFirstReport(cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatasetImport.RunAsync(connection, _folder.Write("a.csv", content), new() { Dataset = "a" }, progress, cancel.Token));
        Assert.Null(await new DatasetStore(connection).FindAsync("a", Cancellation));
        await ImportAsync(connection, _folder.Write("b.csv", "a\n1\n"), new() { Dataset = "a" });
        Assert.Single(await connection.KeysAsync(), k => k.Contains(":chunk:"));
    }

    [Fact]
    public async Task What_a_dead_import_left_behind_is_swept_by_its_journal_once_that_has_stood_still()
    {
        await using var connection = await embedded.ConnectAsync();
        var database = connection.Database;
        var keys = connection.Keys;
        foreach (var (id, age) in (ReadOnlySpan<(string, int)>)[("dead", 7200), ("alive", 10)])
        {
            database.HashSet(keys.Journal(id),
                [new("dataset", "x"), new("chunks", 64), new("beat", DateTimeOffset.UtcNow.ToUnixTimeSeconds() - age)]);
            database.SetAdd(keys.Imports, id);
            database.StringSet(keys.Chunk("x", id, 3), "data");
        }
        await ImportAsync(connection, _folder.Write("a.csv", "a\n1\n"), new() { Dataset = "a" });
        Assert.False(database.KeyExists(keys.Chunk("x", "dead", 3)));
        Assert.False(database.KeyExists(keys.Journal("dead")));
        Assert.True(database.KeyExists(keys.Chunk("x", "alive", 3)));
        Assert.True(database.KeyExists(keys.Journal("alive")));
    }

    [Fact]
    public async Task A_damaged_and_a_missing_chunk_are_told_when_they_are_read()
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, _folder.Write("a.csv", "a\n1\n"), new() { Dataset = "a" });
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        var chunk = (await connection.KeysAsync()).Single(k => k.Contains(":chunk:"));
        var bytes = (byte[])connection.Database.StringGet(chunk)!;
        bytes[^20] ^= 1;
        connection.Database.StringSet(chunk, bytes);
        Assert.Equal("ChecksumMismatch", (await Assert.ThrowsAsync<RedisMLException>(() => RowsAsync(connection, dataset))).ErrorId);
        connection.Database.KeyDelete(chunk);
        Assert.Equal("DatasetDataLost", (await Assert.ThrowsAsync<RedisMLException>(() => RowsAsync(connection, dataset))).ErrorId);
    }

    [Fact]
    public async Task A_chunk_is_an_Arrow_stream_with_its_checksum_in_the_page_for_any_client()
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, _folder.Write("a.csv", "n,t\n1,x\n2,\n"),
            new() { Dataset = "a", Compression = ChunkCompression.Lz4 });
        var database = connection.Database;
        var head = System.Text.Json.JsonDocument.Parse((string)database.HashGet(connection.Keys.Dataset("a"), "version:1")!).RootElement;
        var page = System.Text.Json.JsonDocument.Parse(
            (string)database.StringGet(head.GetProperty("pages")[0].GetProperty("key").GetString())!).RootElement;
        var bytes = (byte[])database.StringGet(page[0].GetProperty("key").GetString())!;
        Assert.Equal(System.IO.Hashing.Crc32.HashToUInt32(bytes), page[0].GetProperty("crc32").GetUInt32());
        using var reader =
            new Apache.Arrow.Ipc.ArrowStreamReader(new MemoryStream(bytes), new Apache.Arrow.Compression.CompressionCodecFactory());
        using var batch = reader.ReadNextRecordBatch();
        Assert.Equal(["n", "t"], batch.Schema.FieldsList.Select(f => f.Name));
        Assert.Equal([1, 2], ((Apache.Arrow.Int8Array)batch.Column(0)).Values.ToArray().Select(v => (int)v));
        Assert.Equal(2, batch.Length);
    }

    static Task<ImportResult> ImportAsync(RedisMLConnection connection, string path, ImportOptions options) =>
        DatasetImport.RunAsync(connection, path, options, null, Cancellation);

    static async Task<List<object?[]>> RowsAsync(RedisMLConnection connection, Dataset dataset)
    {
        var rows = new List<object?[]>();
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: Cancellation))
            using (chunk)
                for (int i = 0; i < chunk.Batch.Length; i++)
                    rows.Add(
                        [.. Enumerable.Range(0, chunk.Batch.ColumnCount).Select(c => ArrowValues.GetObject(chunk.Batch.Column(c), i))]);
        return rows;
    }

    sealed class CancelAfterFirstReport(CancellationTokenSource cancel) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => cancel.Cancel();
    }
}
