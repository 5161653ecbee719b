using System.Text;
using System.Text.Json;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Formats.Csv;

public sealed class CsvImportDialectTests(EmbeddedServerFixture embedded) : IDisposable
{
    static readonly ImportOptions s_options = new() { Dataset = "d" };

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("utf-8", false, null)]
    [InlineData("utf-8", true, null)]
    [InlineData("utf-16", true, null)]
    [InlineData("utf-16BE", true, null)]
    [InlineData("utf-16", false, "utf-16")]
    [InlineData("iso-8859-1", false, "latin1")]
    [InlineData("windows-1252", false, "windows-1252")]
    public async Task Text_is_read_in_its_encoding(string encodingName, bool mark, string? given)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(encodingName) ?? Encoding.GetEncoding(encodingName);
        byte[] bytes = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes("größe,n\nüß,1\n")];
        var rows = await ImportAsync(_folder.Write("a.csv", bytes), s_options with { Encoding = given }, "größe", "n");
        Assert.Equal<object?[]>([["üß", 1L]], rows);
    }

    [Theory]
    [InlineData("a,b\n1,x\n2,y\n")]
    [InlineData("a,b\r\n1,x\r\n2,y\r\n")]
    [InlineData("a,b\r1,x\r2,y\r")]
    [InlineData("a,b\n1,x\n2,y")]
    [InlineData("a|b\n1|x\n2|y\n")]
    [InlineData("a\tb\n1\tx\n2\ty\n")]
    [InlineData("a;b\n1;x\n2;y\n")]
    public async Task Line_breaks_and_separators_are_found_out(string content) =>
        Assert.Equal<object?[]>([[1L, "x"], [2L, "y"]], await ImportAsync(_folder.Write("a.csv", content), s_options, "a", "b"));

    [Fact]
    public async Task A_separator_that_is_given_is_the_one() =>
        Assert.Equal<object?[]>([["1,2", "x"]],
            await ImportAsync(_folder.Write("a.csv", "a~b\n1,2~x\n"), s_options with { Delimiter = '~' }, "a", "b"));

    [Fact]
    public async Task Names_may_be_given_repeated_padded_or_missing()
    {
        Assert.Equal<object?[]>([[1L, 2L], [3L, 4L]],
            await ImportAsync(_folder.Write("a.csv", "1,2\n3,4\n"), s_options with { Header = ["x", "y"] }, "x", "y"));
        Assert.Equal<object?[]>([[1L, 2L, 3L]],
            await ImportAsync(_folder.Write("b.csv", " x ,x,\n1,2,3\n"), s_options with { Force = true }, "x", "x_2", "Column3"));
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync(_folder.Write("c.csv", "1,2\n"), s_options with { Header = ["x"] }));
        Assert.Equal("HeaderMismatch", error.ErrorId);
    }

    [Fact]
    public async Task Numbers_of_a_culture_have_its_comma_and_groups()
    {
        var rows = await ImportAsync(_folder.Write("a.csv", "n;x;t\n1.000;1.234,5;1,2,3\n2;0,5;x\n"), s_options with { Culture = "de-DE" },
            "n", "x", "t");
        Assert.Equal<object?[]>([[1000L, 1234.5, "1,2,3"], [2L, 0.5, "x"]], rows);
    }

    [Fact]
    public async Task Comments_are_passed_over_and_several_texts_are_missing() => Assert.Equal<object?[]>(
        [[1L, null], [null, "y"]],
        await ImportAsync(_folder.Write("a.csv", "# made by hand\na,b\n1,NA\n# not a row\n-,y\n"),
            s_options with { Comment = '#', NullValues = ["NA", "-"] }, "a", "b"));

    [Fact]
    public async Task Dates_and_timestamps_are_inferred_and_later_values_widen_them()
    {
        var rows =
            await ImportAsync(
            _folder.Write("a.csv",
            "d,t,z,no\n2024-02-29,2024-02-29,2024-02-29T01:00:00+01:00,2024-13-01\n2024-03-01,2024-02-29 12:30,2024-02-29T00:00:00Z,\n"),
            s_options, "d", "t", "z", "no");
        var midnight = new DateTimeOffset(2024, 2, 29, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal<object?[]>(
            [[new DateTime(2024, 2, 29), new DateTime(2024, 2, 29), midnight, "2024-13-01"],
                [new DateTime(2024, 3, 1), new DateTime(2024, 2, 29, 12, 30, 0), midnight, null]],
            rows);
    }

    [Fact]
    public async Task An_encoding_that_does_not_exist_or_fit_is_an_error()
    {
        var path = _folder.Write("a.csv", [(byte)'a', (byte)'\n', 0xFF, (byte)'\n']);
        Assert.Equal("UnknownEncoding",
            (await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(path, s_options with { Encoding = "klingon" }))).ErrorId);
        Assert.Equal("SourceCorrupt",
            (await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(path, s_options with { Encoding = "us-ascii" }))).ErrorId);
    }

    [Theory]
    [InlineData("comma_in_quotes")]
    [InlineData("empty")]
    [InlineData("empty_crlf")]
    [InlineData("escaped_quotes")]
    [InlineData("json")]
    [InlineData("newlines")]
    [InlineData("newlines_crlf")]
    [InlineData("quotes_and_newlines")]
    [InlineData("simple")]
    [InlineData("simple_crlf")]
    [InlineData("utf8")]
    public async Task Csv_spectrum_is_read_whole(string name)
    {
        var path = SharedData.Path($"csv_spectrum/csvs/{name}.csv");
        var expected = JsonSerializer.Deserialize<List<Dictionary<string,
            string>>>(await File.ReadAllTextAsync(SharedData.Path($"csv_spectrum/json/{name}.json"), Cancellation))!;
        string[] names = [.. expected[0].Keys];
        var rows = await ImportAsync(path, s_options with { Schema = names.ToDictionary(n => n, _ => ColumnType.Utf8) }, names);
        Assert.Equal(expected.Select(row => names.Select(n => row[n]).ToArray()),
            rows.Select(row => row.Select(v => v as string ?? "").ToArray()));
    }

    async Task<List<object?[]>> ImportAsync(string path, ImportOptions options, params string[] names)
    {
        await using var connection = await embedded.ConnectAsync();
        await DatasetImport.RunAsync(connection, path, options, null, Cancellation);
        var dataset = await new DatasetStore(connection).GetAsync("d", null, Cancellation);
        Assert.Equal(names, dataset.Columns.Select(c => c.Name));
        return await connection.RowsAsync("d");
    }
}
