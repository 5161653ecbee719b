using RedisML.Connections;
using System.Globalization;
using System.Text;
using ParquetSharp;
using RedisML.Datasets;
using RedisML.Datasets.Splitting;
using RedisML.Errors;
using RedisML.Exporting;
using RedisML.Formats.Objects;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>Inputs after public bug reports of many programs, in <c>tests/Unit/Cases</c>: each comes in as what it says,
/// or is refused by name.</summary>
public sealed class CaseTests(EmbeddedServerFixture embedded) : IAsyncDisposable
{
    static readonly string s_cases = Path.Combine(HostedEngine.ProjectRoot, "tests", "Unit", "Cases");

    readonly TemporaryFolder _folder = new();
    RedisMLConnection? _connection;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        if (_connection is not null) await _connection.DisposeAsync();
    }

    [Theory]
    [InlineData("01-sniff-semicolon-lists", "f.csv", "id:Int64 ok:Boolean tags:Utf8 cost:Float64 team:Utf8",
        "1 True ['a1'] 62.25 RED|2 False ['b2', 'c3'] 54 RED|3 True ['d4', 'e5', 'f6'] 7.5 BLUE|4 True [] 1.25 BLUE")]
    [InlineData("02-sniff-pipe-commas", "f.csv", "FlightDate:Date32 Carrier:Utf8 Origin:Utf8 Dest:Utf8", null)]
    [InlineData("03-trailing-delimiter", "f.csv", "sym:Utf8 bid:Float64 ask:Float64", "AAA 1.5 1.6|BBB 2.5 2.6")]
    [InlineData("05-code-overflows-to-infinity", "f.csv", "sku:Utf8 qty:Int64", "101E010031 1|888E050011 2|888E050012 3")]
    [InlineData("06-inf-token", "f.csv", "x:Float64 y:Int64", "1.5 1|Infinity 2|2.5 3")]
    [InlineData("09-type-line", "f.csv", "Value:Int64", "1|2")]
    [InlineData("09-type-line", "two.csv", "Name:Utf8 Size:Int64", "a 1")]
    [InlineData("11-whitespace-delimited", "f.txt", "mpg:Float64 cyl:Int64 disp:Float64 hp:Float64 origin:Utf8",
        "18 8 307 130 usa|15 8 350 165 usa")]
    [InlineData("13-parts-without-rows", "p0.csv,p1.csv,p2.csv", "id:Int64 x:Int64", "1 10|3 30")]
    [InlineData("14-leading-zeros", "f.csv", "zip:Utf8 signed:Utf8 quoted:Utf8 z:Utf8", "02134 -007 0010 0|10001 12 100 00")]
    [InlineData("15-mixed-iso-precision", "f.csv", "t:Timestamp(us,UTC) v:Int64",
        "10/11/2021 18:59:14 +00:00 1|10/11/2021 12:55:00 +00:00 2|10/11/2021 12:55:00 +00:00 3")]
    [InlineData("16-empty-quoted", "f.csv", "id:Int64 name:Utf8", "1 |2 |3 x")]
    [InlineData("23-arrow-js-all-null", "f.arrow", null, null)]
    [InlineData("31-json-array", "f.json", "a:Int64 b:Utf8", "1 x|2 y")]
    [InlineData("31-json-array", "one.json", "a:Int64 b:Utf8", "1 x|2 y")]
    [InlineData("32-json-empty-name", "f.jsonl", "Column1:Int64 a:Int64", "1 2")]
    [InlineData("34-jsonl-big-ids", "f.jsonl", "id:Int64 uuid:Utf8 n:Int64",
        "1 1344800117571260417 1344900117571260918|2 1344900117571260918 9007199254740993")]
    public async Task A_file_comes_in_as_it_says(string name, string files, string? columns, string? rows)
    {
        await ImportAsync(name, files);
        if (columns is not null) Assert.Equal(columns, await ColumnsAsync());
        if (rows is not null) Assert.Equal(rows, await RowsAsync());
        if (columns is null) Assert.All(await _connection!.RowsAsync("d"), row => Assert.Equal([null, null, null], row[1..]));
    }

    [Theory]
    [InlineData("10-backslash-quotes", "f.csv", "1 he said \"hi\" to me 2|2 plain 3", null, '\\')]
    [InlineData("18-sep-line", "f.csv", "1 2.5 a|2 3.5 b", "de-DE", null)]
    [InlineData("19-culture-minus-and-groups", "sv.csv", "-1.5 1|2.5 2", "sv-SE", null)]
    [InlineData("19-culture-minus-and-groups", "in.csv", "1234567.5 1|1000 2", "en-IN", null)]
    public async Task An_option_says_how_it_is_written(string name, string files, string rows, string? culture, char? escape)
    {
        await ImportAsync(name, files, new() { Dataset = "d", Force = true, Culture = culture, Escape = escape });
        Assert.Equal(rows, await RowsAsync());
    }

    [Theory]
    [InlineData("10-backslash-quotes", "f.csv", "-Escape '\\'")]
    [InlineData("17-stray-quote", "f.csv", "line 3")]
    [InlineData("22-parquet-list-of-decimal", "dec.parquet", "list of decimal128")]
    [InlineData("22-parquet-list-of-decimal", "str.parquet", "list of utf8")]
    [InlineData("30-jsonl-lone-surrogate", "f.jsonl", "line 2: '{\"id\":2,\"text\":\"cut \\ud83d\"}' in column 'text'")]
    public async Task What_cannot_be_read_is_named(string name, string files, string expected) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(name, files))).Message);

    [Fact]
    public async Task Seven_digits_of_a_second_split_by_time()
    {
        await ImportAsync("07-dotnet-7-digit-fraction", "f.csv");
        Assert.Equal("t:Timestamp(ns,UTC) v:Int64", await ColumnsAsync());
        var dataset = await new DatasetStore(_connection!).GetAsync("d", null, Cancellation);
        await new DatasetSplit(_connection!)
            .RunAsync(dataset, new() { Parts = SplitPart.TrainAndTest(0.25), By = "t" }, null, Cancellation);
        Assert.Equal([15L, 16L, 17L, 18L, 19L], (await _connection!.RowsAsync("d-test")).Select(row => row[1]));
    }

    [Fact]
    public async Task A_date_beyond_NET_s_years_is_named_by_column_and_row_and_goes_out_as_it_came()
    {
        await ImportAsync("20-parquet-infinite-date", "f.parquet");
        var error = await Assert.ThrowsAsync<RedisMLException>(() => RowsAsync());
        Assert.Matches("^Column '.+', row [0-9]+: .*-Column", error.Message);
        var dataset = await new DatasetStore(_connection!).GetAsync("d", null, Cancellation);
        foreach (var file in (string[])["out.csv", "out.jsonl"])
        {
            var refused = await Assert.ThrowsAsync<RedisMLException>(() => ExportAsync(dataset, file));
            Assert.Equal("ValueNotInFormat", refused.ErrorId);
            Assert.Matches("^Column '.+', row [0-9]+: .*Arrow or Parquet", refused.Message);
        }
        await ExportAsync(dataset, "out.parquet");
        await ExportAsync(dataset, "out.arrow");
    }

    [Fact]
    public async Task A_UUID_goes_out_as_a_UUID()
    {
        await ImportAsync("21-parquet-uuid", "f.parquet");
        Assert.Contains(":Uuid", await ColumnsAsync());
        var rows = await RowsAsync();
        foreach (var file in (string[])["out.arrow", "out.csv", "out.jsonl", "out.parquet"])
        {
            var dataset = await new DatasetStore(_connection!).GetAsync("d", null, Cancellation);
            await ExportAsync(dataset, file);
            await DatasetImport.RunAsync(_connection!, Path.Combine(_folder.Path, file), new()
            {
                Dataset = "d", Force = true,
                Schema = dataset.Columns.ToDictionary(c => c.Name, c => c.Type)
            }, null, Cancellation);
            Assert.Equal(rows, await RowsAsync());
        }
        using var parquet = new ParquetFileReader(Path.Combine(_folder.Path, "out.parquet"));
        Assert.Contains(Enumerable.Range(0, parquet.FileMetaData.NumColumns), i =>
            parquet.FileMetaData.Schema.Column(i).LogicalType.Type == LogicalTypeEnum.Uuid);
    }

    [Fact]
    public async Task Text_of_an_Arrow_view_comes_through()
    {
        await ImportAsync("24-arrow-utf8view", "f.arrow");
        Assert.Contains(":Utf8", await ColumnsAsync());
        Assert.Contains(await _connection!.RowsAsync("d"), row => row.OfType<string>().Any(text => text.Length > 12));
    }

    [Fact]
    public async Task A_key_that_comes_late_is_not_dropped_in_silence()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 100_000; i++) text.Append(CultureInfo.InvariantCulture, $"{{\"a\":{i}}}\n");
        _connection = await embedded.ConnectAsync();
        var error =
            await Assert.ThrowsAsync<RedisMLException>(() => DatasetImport.RunAsync(_connection,
            _folder.Write("f.jsonl", text.Append("{\"a\":1,\"b\":5}\n").ToString()), new() { Dataset = "d" }, null, Cancellation));
        Assert.Contains("line 100001", error.Message);
    }

    [Fact]
    public async Task Values_of_objects_go_by_name()
    {
        _connection = await embedded.ConnectAsync();
        await DatasetImport.RunAsync(_connection, Batches(), new ImportOptions { Dataset = "d" }, null, Cancellation);
        Assert.Equal("1 x  |2 y 5 |  6 7", await RowsAsync());
        Assert.Equal("a:Int64 b:Utf8 c:Int64 A_2:Int64", await ColumnsAsync());

        static async IAsyncEnumerable<IReadOnlyList<ObjectRow>> Batches()
        {
            await Task.Yield();
            yield return [new(["a", "b"], [1, "x"]), new(["b", "a", "c"], ["y", 2, 5]), new(["c", "a", "A"], [6, null, 7])];
        }
    }

    [Fact]
    public void Every_case_beside_the_project_is_here()
    {
        var shared = Path.Combine(HostedEngine.ProjectRoot, "..", "shared", "cases");
        Assert.SkipUnless(Directory.Exists(shared), "The cases aren't beside the project.");
        // Those without a small file of their own are made in the tests above.
        var known = Directory.GetDirectories(s_cases).Select(Path.GetFileName).Concat(["33-jsonl-late-key", "41-later-property"])
            .ToHashSet();
        Assert.All(Directory.GetDirectories(shared).Select(Path.GetFileName).Where(name => string.CompareOrdinal(name, "50") < 0), name =>
            Assert.Contains(name, known));
    }

    async Task ImportAsync(string name, string files, ImportOptions? options = null)
    {
        _connection ??= await embedded.ConnectAsync();
        await DatasetImport.RunAsync(_connection, [.. files.Split(',').Select(file => Path.Combine(s_cases, name, file))], options
            ?? new() { Dataset = "d", Force = true }, null, Cancellation);
    }

    Task<ExportResult> ExportAsync(Dataset dataset, string file) =>
        new DatasetExport(_connection!).RunAsync(dataset, new() { Path = Path.Combine(_folder.Path, file) }, null, Cancellation);

    async Task<string> ColumnsAsync() =>
        string.Join(' ',
            (await new DatasetStore(_connection!).GetAsync("d", null, Cancellation)).Columns.Select(c => $"{c.Name}:{c.Type}"));

    async Task<string> RowsAsync() =>
        string.Join('|', (await _connection!.RowsAsync("d"))
            .Select(row => string.Join(' ', row.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))));
}
