using System.Collections.Specialized;
using System.Text;
using RedisML.Connections;
using RedisML.Formats.Objects;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>A column that falls back to text says so, and so does a value that is taken for missing.</summary>
public sealed class ImportNoteTests(EmbeddedServerFixture embedded) : IAsyncDisposable
{
    const int ManyRows = 200_000;

    readonly TemporaryFolder _folder = new();
    RedisMLConnection? _connection;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        if (_connection is not null) await _connection.DisposeAsync();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(ManyRows - 1)]
    public async Task A_few_words_among_numbers_make_text_and_a_warning(int culprit)
    {
        var text = new StringBuilder("id,v\n");
        for (int i = 0; i < ManyRows; i++) text.Append(i).Append(',').Append(i == culprit ? "oops" : $"{i}").Append('\n');
        var (result, types) = await ImportAsync("f.csv", text.ToString());
        Assert.Equal("Int64 Utf8", types);
        var warning = Assert.Single(result.Warnings);
        Assert.StartsWith($"Column 'v' is text (Utf8): 1 of {ManyRows:N0} values isn't Int64, the first 'oops' in line {culprit + 2:N0}.",
            warning);
        Assert.All((string[])["-NullValue 'oops'", "-Schema @{ 'v' = 'Int64' }", "-BadRow"], remedy => Assert.Contains(remedy, warning));
    }

    [Theory]
    [InlineData("f.csv", "v\n1.5\n2.5\nx\n3.5\n", "1 of 4 values isn't Float64, the first 'x' in line 4")]
    [InlineData("f.csv", "v\n2024-01-01\n2024-01-02\nsoon\n", "1 of 3 values isn't Date32, the first 'soon' in line 4")]
    [InlineData("f.csv", "v\n1\n2\n3\n99999999999999999999\n", "1 of 4 values isn't Int64, the first '99999999999999999999' in line 5")]
    [InlineData("f.csv", "v\n1.5\n1e999\n2.5\n", "1 of 3 values isn't Float64, the first '1e999' in line 3")]
    [InlineData("f.csv", "v\n1\nNA\n2\noops\n3\n4\n",
        "2 of 6 values aren't Int64, the first 'NA' in line 3. If they stand for missing values: -NullValue 'NA', 'oops'")]
    [InlineData("f.csv", "v\n2024-01-01T00:00:00Z\n2024-01-01T00:00:00Z\n2024-01-01T00:00:00\n",
        "1 of 3 values isn't Timestamp(us,UTC), the first '2024-01-01T00:00:00' in line 4")]
    [InlineData("f.jsonl", "{\"v\":1}\n{\"v\":2}\n{\"v\":\"x\"}\n", "1 of 3 values isn't Int64, the first 'x' in line 3")]
    [InlineData("f.csv", "v\nyes\n1\nno\n", null)]
    [InlineData("f.csv", "v\nNew York\n5\nRome\nOslo\n", null)]
    public async Task Whatever_nearly_all_of_a_column_is_is_said(string name, string text, string? expected)
    {
        var (result, types) = await ImportAsync(name, text);
        Assert.Equal("Utf8", types);
        if (expected is null) Assert.Empty(result.Warnings);
        else Assert.Contains(expected, Assert.Single(result.Warnings));
    }

    [Theory]
    [InlineData("NA")]
    [InlineData("N/A")]
    [InlineData("NULL")]
    [InlineData("null")]
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("NaT")]
    [InlineData("-1.#IND")]
    [InlineData("  ")]
    [InlineData("None")]
    [InlineData(@"\N")]
    [InlineData("?")]
    [InlineData("-")]
    [InlineData("\"NA\"")]
    public async Task Usual_spellings_are_missing_among_numbers_and_times_and_text_among_text(string word)
    {
        var text = $"i,f,d,t,b,s\n1,1.5,2024-01-01,2024-01-01T05:00:00,true,x\n" +
            $"{string.Join(',', Enumerable.Repeat(word, 6))}\n2,2.5,2024-01-02,2024-01-02T05:00:00,false,y\n";
        var (result, types) = await ImportAsync("f.csv", text);
        Assert.Equal("Int64 Float64 Date32 Timestamp(us) Boolean Utf8", types);
        Assert.Equal([null, null, null, null, null, word.Trim('"')], (await _connection!.RowsAsync("d"))[1]);
        var warning = Assert.Single(result.Warnings);
        Assert.StartsWith($"Taken for missing values: 1 in column 'i' ('{word.Trim('"')}'), 1 in column 'f'", warning);
        Assert.Contains("the first in line 3. -NullValue", warning);
    }

    [Fact]
    public async Task Missing_values_early_or_late_are_missing()
    {
        var rows = Enumerable.Range(0, ManyRows).Select(i => i is < 100_000 or > ManyRows - 9 ? "NA" : $"{i}").ToList();
        var (result, types) = await ImportAsync("f.csv", $"v\n{string.Join('\n', rows)}\n");
        Assert.Equal("Int64", types);
        Assert.Contains($"{100_008:N0} in column 'v' ('NA'); the first in line 2", Assert.Single(result.Warnings));
    }

    [Theory]
    [InlineData("NA", "v\n1\n-\n", "Utf8", false)]
    [InlineData("", "v\n1\nNA\n", "Utf8", false)]
    [InlineData("-", "v\n1\n-\n", "Int64", true)]
    public async Task A_null_value_that_is_given_decides_alone(string nullValue, string text, string type, bool isMissing)
    {
        var (result, types) = await ImportAsync("f.csv", text, new() { Dataset = "d", NullValues = [nullValue] });
        Assert.Equal((type, isMissing), (types, (await _connection!.RowsAsync("d"))[1][0] is null));
        Assert.DoesNotContain(result.Warnings, w => w.StartsWith("Taken", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("f.csv", "v,s\n 1 , -9 \n-9 , x\n")]
    [InlineData("f.jsonl", "{\"v\":1,\"s\":\" -9 \"}\n{\"v\":\" -9\",\"s\":\" x\"}\n")]
    public async Task Blanks_around_a_null_value_dont_hide_it(string name, string text)
    {
        var (_, types) = await ImportAsync(name, text, new() { Dataset = "d", NullValues = ["-9"] });
        Assert.Equal("Int64 Utf8", types);
        Assert.Equal([[1L, null], [null, " x"]], await _connection!.RowsAsync("d"));
    }

    [Theory]
    [InlineData("1234,50\n2,50", "1234,50")]
    [InlineData("1.234,5\n1\n2\n3", "1.234,5")]
    [InlineData("\"-1,234,567.5\"\n\"1,000\"", "-1,234,567.5")]
    [InlineData("1'234.5\n1'000", "1'234.5")]
    [InlineData("1.2.3\n4.5.6", null)]
    [InlineData("01.02.2024\n02.02.2024", null)]
    [InlineData("192.168.1.10\n10.0.0.1", null)]
    [InlineData("0.1234567890123456789\n0.1234567890123456788", null)]
    [InlineData("1,5\nx\ny\nz", null)]
    public async Task Numbers_of_a_culture_that_are_text_say_so(string values, string? example)
    {
        var (result, types) = await ImportAsync("f.csv", $"v;w\n{values.Replace("\n", ";1\n")};1\n");
        Assert.Equal("Utf8 Int64", types);
        if (example is null) Assert.Empty(result.Warnings);
        else Assert.Contains($"such as '{example}'. -Culture", Assert.Single(result.Warnings));
    }

    /// <summary>Behind what is looked at beforehand, in another file, and in objects, which -Culture then reads.</summary>
    [Fact]
    public async Task Numbers_of_a_culture_say_so_wherever_they_come()
    {
        var (result, types) = await ImportAsync("f.csv", $"v;w\n{string.Concat(Enumerable.Repeat("1;2\n", ManyRows))}1,5;2\n1;2\n");
        Assert.Equal("Utf8 Int64", types);
        Assert.Contains("such as '1,5'. -Culture", Assert.Single(result.Warnings));
        string[] files = [_folder.Write("1.csv", "v;w\n1;1\n2;1\n"), _folder.Write("2.csv", "v;w\n1,5;1\n2,5;1\n")];
        result = await DatasetImport.RunAsync(_connection!, files, new ImportOptions { Dataset = "d", Force = true }, null, Cancellation);
        Assert.Contains("such as '1,5'. -Culture", Assert.Single(result.Warnings));
        foreach (var (culture, type) in new[] { (null, "Utf8"), ("de-DE", "Float64") })
        {
            var options = new ImportOptions { Dataset = "d", Force = true, Culture = culture };
            result = await DatasetImport.RunAsync(_connection!, Batches(), options, null, Cancellation);
            Assert.Equal((type, culture is null ? 1 : 0), (await TypesAsync(_connection!), result.Warnings.Count));
        }

        static async IAsyncEnumerable<IReadOnlyList<ObjectRow>> Batches()
        {
            await Task.Yield();
            yield return [new(["v"], ["1.234,5"]), new(["v"], ["-2,5"])];
        }
    }

    [Fact]
    public async Task Numbers_that_JSON_lacks_are_read_as_Python_writes_them()
    {
        var (result, types) = await ImportAsync("f.jsonl",
            "{\"v\":NaN,\"s\":\"NaN: \\\"Infinity\",\"l\":[1,NaN]}\n{\"v\":-Infinity,\"s\":\"x\",\"l\":[2.5]}\n"
            + "{\"v\": Infinity}\n{\"v\":1}\n");
        Assert.Equal("Float64 Utf8 List(Float64)", types);
        var rows = await _connection!.RowsAsync("d");
        Assert.Equal([null, double.NegativeInfinity, double.PositiveInfinity, 1.0], rows.Select(row => row[0]));
        Assert.Equal("NaN: \"Infinity", rows[0][1]);
        Assert.Contains("1 in column 'v' ('NaN')", Assert.Single(result.Warnings));
        (result, types) = await ImportAsync("f.jsonl", "{\"v\":NaN}\n{\"v\":1.5}\n", new() { Dataset = "d", NullValues = ["x"] });
        Assert.Equal(("Float64", 0), (types, result.Warnings.Count));
    }

    [Fact]
    public async Task Nothing_but_spellings_of_missing_values_is_text()
    {
        var (result, types) = await ImportAsync("f.csv", "a,b\n1,NA\n2,-\n3,\n");
        Assert.Equal("Int64 Utf8", types);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task Lines_are_told_also_where_bad_rows_are_left_out()
    {
        var (result, _) = await ImportAsync("f.csv", "a,b\n1,1\n\"x\ny\",2\n3,NA\n4,4\n", new()
        {
            Dataset = "d", BadRow = BadRowPolicy.Skip,
            Schema = new Dictionary<string, RedisML.Columns.ColumnType> { ["a"] = RedisML.Columns.ColumnType.Int64 }
        });
        Assert.Equal(1, result.RowsRejected);
        Assert.Contains("the first in line 5", Assert.Single(result.Warnings));
    }

    [Fact]
    public async Task Objects_say_the_same()
    {
        await using var connection = await embedded.ConnectAsync();
        string[] names = ["n", "m"];
        var rows = Enumerable.Range(0, 100).Select(i => new ObjectRow(names, [i == 7 ? "oops" : $"{i}", i == 9 ? "NA" : $"{i}"])).ToList();
        var result =
            await DatasetImport.RunAsync(connection, Batches(), new ImportOptions { Dataset = "d", Force = true }, null, Cancellation);
        Assert.Equal(2, result.Warnings.Count);
        Assert.Contains("1 in column 'm' ('NA'); the first in object 10", result.Warnings[0]);
        Assert.Contains("1 of 100 values isn't Int64, the first 'oops' in object 8", result.Warnings[1]);

        async IAsyncEnumerable<IReadOnlyList<ObjectRow>> Batches()
        {
            await Task.Yield();
            yield return rows;
        }
    }

    [Fact]
    public async Task What_objects_hold_within_is_JSON_as_in_a_file_and_a_Half_is_a_number()
    {
        await using var connection = await embedded.ConnectAsync();
        var deeper = new Dictionary<string, object> { ["z"] = 1.5 };
        var nested = new OrderedDictionary { ["x"] = 1, ["y"] = new object?[] { "ü", null, deeper } };
        var itself = new List<object>();
        itself.Add(itself);
        string[] names = ["n", "t", "h", "i"];
        await DatasetImport.RunAsync(connection, Batches(), new ImportOptions { Dataset = "d", Force = true }, null, Cancellation);
        Assert.Equal("Utf8 Utf8 Float64 Utf8", await TypesAsync(connection));
        var row = (await connection.RowsAsync("d"))[0];
        Assert.Equal(["{\"x\":1,\"y\":[\"ü\",null,{\"z\":1.5}]}", "[\"u\",\"v,w\"]", 1.5], row.Take(3));
        Assert.StartsWith("[[[[", row[3] as string);

        async IAsyncEnumerable<IReadOnlyList<ObjectRow>> Batches()
        {
            await Task.Yield();
            yield return [new(names, [nested, new[] { "u", "v,w" }, (Half)1.5, itself])];
        }
    }

    [Fact]
    public async Task The_weather_imports_as_numbers_by_itself()
    {
        await using var connection = await embedded.ConnectAsync();
        var result = await DatasetImport.RunAsync(connection, SharedData.Path("weather.csv.gz"),
            new ImportOptions { Dataset = "d", Force = true }, null, Cancellation);
        Assert.Equal("Utf8 Int64 Int64 Int64 Int64 Float64 Float64 Float64 Int64 Float64 Float64 Float64 Float64 Float64 Timestamp(us,UTC)",
            await TypesAsync(connection));
        Assert.Contains("in column 'wind_gust' ('NA')", Assert.Single(result.Warnings));
    }

    async Task<(ImportResult Result, string Types)> ImportAsync(string name, string text, ImportOptions? options = null)
    {
        _connection ??= await embedded.ConnectAsync();
        var result = await DatasetImport.RunAsync(_connection, _folder.Write(name, text),
            (options ?? new() { Dataset = "d" }) with { Force = true }, null, Cancellation);
        return (result, await TypesAsync(_connection));
    }

    static async Task<string> TypesAsync(RedisMLConnection connection) =>
        string.Join(' ',
            (await new RedisML.Datasets.DatasetStore(connection).GetAsync("d", null, Cancellation)).Columns.Select(c => c.Type));
}
