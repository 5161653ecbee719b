using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

public sealed class ImportModeTests(EmbeddedServerFixture embedded, RedisServerFixture redis) : IDisposable
{
    static readonly ImportOptions s_new = new() { Dataset = "a" };
    static readonly ImportOptions s_append = s_new with { Append = true };

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.Redis)]
    public async Task Appended_rows_come_after_those_that_were_there_and_each_version_reads_as_it_was(ServerKind server)
    {
        await using var connection = await server.ConnectAsync(embedded, redis);
        await ImportAsync(connection, "1.csv", "x,y\n1,a\n2,b\n", s_append with { Label = "x" });
        var result = await ImportAsync(connection, "2.csv", "x,y\n3,\n", s_append);
        Assert.Equal((2, 1, 1), (result.Version, result.RowsRead, result.RowsWritten));
        Assert.Equal<object?[]>([[1L, "a"], [2L, "b"], [3L, null]], await connection.RowsAsync("a"));
        Assert.Equal<object?[]>([[1L, "a"], [2L, "b"]], await connection.RowsAsync("a", 1));
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        Assert.Equal((3, "x"), (dataset.Rows, dataset.Label));
        Assert.Equal(new ColumnStatistics(3, 0, 2, 2, 1, 3), dataset.Columns[0].Statistics);
        Assert.Equal(1, dataset.Columns[1].Statistics.Missing);
    }

    [Fact]
    public async Task The_same_file_appended_again_changes_nothing()
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, "1.csv", "x\n1\n", s_append);
        await ImportAsync(connection, "2.csv", "x\n2\n", s_append);
        foreach (var (name, content) in ((string, string)[])[("1.csv", "x\n1\n"), ("2.csv", "x\n2\n")])
        {
            var again = await ImportAsync(connection, name, content, s_append);
            Assert.Equal((true, 2, 0), (again.Unchanged, again.Version, again.RowsWritten));
        }
        Assert.Equal(2, (await connection.RowsAsync("a")).Count);
    }

    [Fact]
    public async Task Columns_that_differ_stop_before_anything_is_written_and_the_difference_is_shown()
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, "1.csv", "x,y\n1,2\n", s_new);
        var keys = await connection.KeysAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, "2.csv", "x,z\noops,1\n", s_append));
        Assert.Equal("SchemaMismatch", error.ErrorId);
        Assert.All(["'x' is Utf8 instead of Int64", "'y' (Int64) is missing", "'z' (Int64) is new"], text =>
            Assert.Contains(text, error.Message));
        Assert.Equal(keys, await connection.KeysAsync());
    }

    [Fact]
    public async Task New_and_missing_columns_are_missing_where_rows_lack_them()
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, "1.csv", "x,y\n1,2\n", s_new);
        await ImportAsync(connection, "2.csv", "z,x\nnew,3\n", s_append with { SchemaChange = SchemaChange.Add });
        Assert.Equal<object?[]>([[1L, 2L, null], [3L, null, "new"]], await connection.RowsAsync("a"));
        var columns = (await new DatasetStore(connection).GetAsync("a", null, Cancellation)).Columns;
        Assert.Equal([(2L, 0L), (1, 1), (1, 1)], columns.Select(c => (c.Statistics.Count, c.Statistics.Missing)));
    }

    [Fact]
    public async Task Coerced_values_that_do_not_fit_the_dataset_are_bad_rows()
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, "1.csv", "x,y\n1,a\n", s_new);
        var result = await ImportAsync(connection, "2.csv", "x,y\n2,5\n2.5,6\n",
            s_append with { SchemaChange = SchemaChange.Coerce, BadRow = BadRowPolicy.Skip });
        Assert.Equal((2, 1), (result.RowsRead, result.RowsWritten));
        Assert.Equal<object?[]>([[1L, "a"], [2L, "5"]], await connection.RowsAsync("a"));
    }

    [Fact]
    public async Task Whole_numbers_are_added_to_a_column_of_fractions_as_such()
    {
        await using var connection = await embedded.ConnectAsync();
        await ImportAsync(connection, "1.csv", "x\n1.5\n", s_new);
        await ImportAsync(connection, "2.csv", "x\n2\n", s_append);
        Assert.Equal<object?[]>([[1.5], [2.0]], await connection.RowsAsync("a"));
    }

    [Fact]
    public async Task Append_and_force_exclude_each_other()
    {
        await using var connection = await embedded.ConnectAsync();
        Assert.Equal("AppendOrForce",
            (await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(connection, "1.csv", "x\n1\n", s_append with { Force = true }))).ErrorId);
    }

    [Fact]
    public async Task A_plan_says_what_would_happen_and_writes_nothing()
    {
        await using var connection = await embedded.ConnectAsync();
        var content = "id,price\n" + string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i},{i * 0.37}\n"));
        var path = _folder.Write("a.csv", content);
        var plan = await DatasetImport.PlanAsync(connection, path, s_new, Cancellation);
        Assert.Equal((ImportAction.Create, content.Length), (plan.Action, plan.SourceBytes));
        Assert.InRange(plan.Rows, 250_000, 350_000);
        Assert.Equal([new("id", ColumnType.Int64), new("price", ColumnType.Float64)], plan.Columns);
        Assert.Empty(await connection.KeysAsync());

        var result = await DatasetImport.RunAsync(connection, path, s_new, null, Cancellation);
        Assert.InRange(plan.StoredBytes, result.StoredBytes * 0.7, result.StoredBytes * 1.3);
        Assert.Equal(ImportAction.Nothing, (await DatasetImport.PlanAsync(connection, path, s_new, Cancellation)).Action);
        var other = _folder.Write("b.csv", "id,price\n1,2\n");
        Assert.Equal(ImportAction.Append, (await DatasetImport.PlanAsync(connection, other, s_append, Cancellation)).Action);
        Assert.Equal(ImportAction.Replace,
            (await DatasetImport.PlanAsync(connection, other, s_new with { Force = true }, Cancellation)).Action);
        Assert.Equal("DatasetExists",
            (await Assert.ThrowsAsync<RedisMLException>(() => DatasetImport.PlanAsync(connection, other, s_new, Cancellation))).ErrorId);
    }

    Task<ImportResult> ImportAsync(RedisMLConnection connection, string name, string content, ImportOptions options) =>
        DatasetImport.RunAsync(connection, _folder.Write(name, content), options, null, Cancellation);
}
