using System.Text;
using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Exporting;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

public sealed class BadRowTests(EmbeddedServerFixture embedded) : IDisposable
{
    const string Mixed = "id,price,name\n1,1.5,a\n2,oops,b\n3,2.5\n4,3.5,\"x\ny\"\n5,4.5,\"c\"d\n6,5.5,f\nseven,6.5,g\n8,7.5,h\n";

    static readonly ImportOptions s_options = new()
    {
        Dataset = "a",
        Schema = new Dictionary<string, ColumnType> { ["id"] = ColumnType.Int64, ["price"] = ColumnType.Float64 },
        BadRow = BadRowPolicy.Skip,
    };

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Skipped_rows_are_counted_and_the_others_are_there()
    {
        await using var connection = await embedded.ConnectAsync();
        var result = await ImportAsync(connection, _folder.Write("a.csv", Mixed), s_options);
        Assert.Equal((8, 4, 4, null), (result.RowsRead, result.RowsWritten, result.RowsRejected, result.RejectPath));
        Assert.Equal<object?[]>([[1L, 1.5, "a"], [4L, 3.5, "x\ny"], [6L, 5.5, "f"], [8L, 7.5, "h"]], await connection.RowsAsync("a"));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*rejected*"));
    }

    [Fact]
    public async Task The_reject_file_says_line_column_value_and_reason_and_imports_again_after_correction()
    {
        await using var connection = await embedded.ConnectAsync();
        var result = await ImportAsync(connection, _folder.Write("a.csv", Mixed), s_options with { BadRow = BadRowPolicy.Quarantine });
        Assert.Equal(Path.Combine(_folder.Path, "a.rejected.csv"), result.RejectPath);
        Assert.Equal(
            """
            _line,_column,_value,_reason,id,price,name
            3,price,oops,is no Float64,2,oops,b
            4,,"3,2.5",2 fields instead of 3,3,2.5
            7,,"5,4.5,""c""d",text after a closing quote,5,4.5,"c"d
            9,id,seven,is no Int64,seven,6.5,g

            """.ReplaceLineEndings("\n"), File.ReadAllText(result.RejectPath!));

        var corrected = File.ReadAllText(result.RejectPath!).Replace("2,oops,b", "2,1e3,b").Replace("3,2.5\n", "3,2.5,\n")
            .Replace("\"c\"d\n", "cd\n").Replace("seven,6.5", "7,6.5");
        result = await ImportAsync(connection, _folder.Write("corrected.csv", corrected),
            s_options with { Dataset = "b", BadRow = BadRowPolicy.Stop });
        Assert.Equal((4, 0), (result.RowsRead, result.RowsRejected));
        Assert.Equal<object?[]>([[2L, 1000.0, "b"], [3L, 2.5, null], [5L, 4.5, "cd"], [7L, 6.5, "g"]], await connection.RowsAsync("b"));
    }

    [Fact]
    public async Task Rejected_lines_of_JSON_are_corrected_in_their_place_and_import_again()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.Write("a.jsonl", """
            {"id":1,"price":1.5,"name":"a"}
            {"id":2,"price":"oops","name":"b"}
            {"id":3,"price":2.5,"more":1}
            {"id":4,"price":3.5,}
            five
            {"id":6,"price":5.5,"name":"f"}

            """);
        var result = await ImportAsync(connection, path, s_options with { BadRow = BadRowPolicy.Quarantine });
        Assert.Equal((6, 3, Path.Combine(_folder.Path, "a.rejected.jsonl")), (result.RowsRead, result.RowsWritten, result.RejectPath));
        var rejected = File.ReadAllLines(result.RejectPath!);
        Assert.Equal("""{"_line":2,"_column":"price","_value":"oops","_reason":"is no Float64","id":2,"price":"oops","name":"b"}""", rejected[0]);
        Assert.Equal(["\"_line\":2", "\"_line\":4", "\"_line\":5"], rejected.Select(l => l[1..l.IndexOf(',')]));
        Assert.EndsWith("\"id\":4,\"price\":3.5,}", rejected[1]);
        Assert.EndsWith("\"_record\":\"five\"}", rejected[2]);

        // As they are, they are bad rows again.
        Assert.Equal("NoRows",
            (await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(connection, result.RejectPath!, s_options with { Dataset = "b" }))).ErrorId);
        var corrected = File.ReadAllText(result.RejectPath!).Replace(":\"oops\",\"name", ":4.5,\"name").Replace("3.5,}", "3.5}")
            .Replace("\"_record\":\"five\"", "\"id\":5");
        var again = await ImportAsync(connection, _folder.Write("corrected.jsonl", corrected),
            s_options with { Append = true, SchemaChange = SchemaChange.Add, BadRow = BadRowPolicy.Stop });
        Assert.Equal((3, 3), (again.RowsRead, again.RowsWritten));
        Assert.Equal<object?[]>([[1L, 1.5, "a", null], [3L, 2.5, null, 1L], [6L, 5.5, "f", null], [2L, 4.5, "b", null],
            [4L, 3.5, null, null], [5L, null, null, null]], await connection.RowsAsync("a"));
    }

    [Fact]
    public async Task Rejected_rows_of_a_typed_file_are_JSON_lines_that_import_again()
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, _folder.Write("t.csv", "id,v\n1,5\n2,x\n3,7\n"), new() { Dataset = "t" });
        var path = Path.Combine(_folder.Path, "t.parquet");
        await new DatasetExport(connection)
            .RunAsync(await new DatasetStore(connection).GetAsync("t", null, Cancellation), new() { Path = path }, null, Cancellation);
        var options = new ImportOptions
        {
            Dataset = "a", Schema = new Dictionary<string, ColumnType> { ["v"] = ColumnType.Int64 },
            BadRow = BadRowPolicy.Quarantine
        };
        var result = await ImportAsync(connection, path, options);
        Assert.Equal("""{"_line":2,"_column":"v","_value":"x","_reason":"is no Int64","id":2,"v":"x"}""" + "\n", File.ReadAllText(result.RejectPath!));
        await ImportAsync(connection, _folder.Write("c.jsonl", File.ReadAllText(result.RejectPath!).Replace("\"v\":\"x\"", "\"v\":6")),
            new() { Dataset = "a", Append = true });
        Assert.Equal<object?[]>([[1L, 5L], [3L, 7L], [2L, 6L]], await connection.RowsAsync("a"));
    }

    [Fact]
    public async Task A_row_that_is_not_UTF8_is_rejected_alone()
    {
        await using var connection = await embedded.ConnectAsync();
        byte[] content = [.. "a,b\n1,x\n2,"u8, 0xFF, .. "\n3,y\n"u8];
        var result = await ImportAsync(connection, _folder.Write("a.csv", content), new() { Dataset = "a", BadRow = BadRowPolicy.Skip });
        Assert.Equal((3, 2), (result.RowsRead, result.RowsWritten));
        Assert.Equal<object?[]>([[1L, "x"], [3L, "y"]], await connection.RowsAsync("a"));
    }

    [Fact]
    public async Task Bad_rows_all_over_a_large_file_are_found_with_their_lines_in_order()
    {
        await using var connection = await embedded.ConnectAsync();
        var content = new StringBuilder("a,b\n");
        for (int i = 0; i < 200_000; i++) content.Append(i % 1000 == 999 ? "bad" : $"{i}").Append(",12345.678\n");
        var path = _folder.WriteGzip("a.csv.gz", content.ToString());
        var schema = new Dictionary<string, ColumnType> { ["a"] = ColumnType.Int64 };
        var result = await ImportAsync(connection, path, new() { Dataset = "a", Schema = schema, BadRow = BadRowPolicy.Quarantine });
        Assert.Equal((200_000, 199_800, 200), (result.RowsRead, result.RowsWritten, result.RowsRejected));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i * 1000 + 1001}"), File.ReadLines(result.RejectPath!).Skip(1)
            .Select(l => l.Split(',')[0]));
        Assert.Equal(199_800, (await new DatasetStore(connection).GetAsync("a", null, Cancellation)).Rows);
    }

    [Fact]
    public async Task A_late_fraction_still_widens_its_column_instead_of_being_rejected()
    {
        await using var connection = await embedded.ConnectAsync();
        var content = new StringBuilder("a,b\n");
        for (int i = 0; i < 200_000; i++) content.Append(i).Append(i == 5 ? ",1,1\n" : ",1234\n");
        content.Append("0.5,1\n");
        var result = await ImportAsync(connection, _folder.WriteGzip("a.csv.gz", content.ToString()),
            new() { Dataset = "a", BadRow = BadRowPolicy.Quarantine });
        Assert.Equal((200_001, 1), (result.RowsRead, result.RowsRejected));
        Assert.Equal(2, File.ReadLines(result.RejectPath!).Count());
        Assert.Equal(ColumnType.Float64, (await new DatasetStore(connection).GetAsync("a", null, Cancellation)).Columns[0].Type);
    }

    [Theory]
    [InlineData(3, "TooManyBadRows")]
    [InlineData(4, null)]
    public async Task One_bad_row_more_than_allowed_stops_and_leaves_nothing(long max, string? errorId)
    {
        await using var connection = await embedded.ConnectAsync();
        var import = ImportAsync(connection, _folder.Write("a.csv", Mixed), s_options with { MaxBadRows = max });
        if (errorId is null)
        {
            await import;
            return;
        }
        var error = await Assert.ThrowsAsync<RedisMLException>(() => import);
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains("line 9", error.Message);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task A_file_of_bad_rows_alone_publishes_nothing()
    {
        await using var connection = await embedded.ConnectAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(connection, _folder.Write("a.csv", "id,price,name\nx,1,a\ny,2,b\n"), s_options));
        Assert.Equal("NoRows", error.ErrorId);
        Assert.Empty(await connection.KeysAsync());
    }

    [Fact]
    public async Task A_reject_file_in_no_directory_is_an_error_before_anything_is_imported()
    {
        await using var connection = await embedded.ConnectAsync();
        var options = s_options with { BadRow = BadRowPolicy.Quarantine, RejectPath = Path.Combine(_folder.Path, "none", "r.csv") };
        Assert.Equal("DirectoryNotFound",
            (await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, _folder.Write("a.csv", Mixed), options))).ErrorId);
        Assert.Empty(await connection.KeysAsync());
    }

    static Task<ImportResult> ImportAsync(RedisMLConnection connection, string path, ImportOptions options) =>
        DatasetImport.RunAsync(connection, path, options, null, Cancellation);
}
