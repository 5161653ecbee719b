using System.Text;
using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Formats;
using RedisML.Formats.Csv;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets;

/// <summary>Text in the forms that programs write it in comes in as what it says.</summary>
public sealed class ImportFormTests(EmbeddedServerFixture embedded) : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    RedisMLConnection? _connection;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        if (_connection is not null) await _connection.DisposeAsync();
    }

    [Theory]
    [InlineData("#TYPE System.Object\n\"Value\"\n\"1\"\n\"2\"\n", "Value", "1|2")]
    [InlineData("\uFEFF#TYPE System.Object\r\n\"Name\",\"Size\"\r\n\"a\",\"1\"\r\n", "Name Size", "a 1")]
    [InlineData("sep=;\nid;memo\n1;a\n2;b\n", "id memo", "1 a|2 b")]
    [InlineData("\uFEFFsep=;\r\nid;memo\r\n1;a,b\r\n", "id memo", "1 a,b")]
    [InlineData("a,b,c\n1,2,3,\n4,5,6,\n", "a b c", "1 2 3|4 5 6")]
    [InlineData("a,b,c,\n1,2,3,\n4,5,6,\n", "a b c", "1 2 3|4 5 6")]
    [InlineData("a,b,\n1,2,3\n4,5,\n", "a b Column3", "1 2 3|4 5 ")]
    [InlineData("mpg  cyl origin\n18.0   8  usa\n15.0\t8   usa\n", "mpg cyl origin", "18 8 usa|15 8 usa")]
    [InlineData("  mpg name\n  18.0 \"ford, \"\"T\"\"\"  \n   15 x,y\n", "mpg name", "18 ford, \"T\"|15 x,y")]
    [InlineData("first name\nJohn Smith\nMary Jones\n", "first name", "John Smith|Mary Jones")]
    public async Task Dialects_are_found_out(string text, string names, string rows)
    {
        var dataset = await ImportAsync("f.csv", text);
        Assert.Equal((names, rows), (string.Join(' ', dataset.Columns.Select(c => c.Name)), await RowsAsync()));
    }

    [Theory]
    [InlineData("id,text,n\n1,\"he said \\\"hi\\\" to me\",2\n2,\"plain\",3\n", "1 he said \"hi\" to me 2|2 plain 3")]
    [InlineData("id,text,n\n1,a\\, b,2\n2,c:\\\\x,\n", "1 a, b 2|2 c:\\x ")]
    public async Task An_escape_character_makes_the_next_one_ordinary(string text, string rows)
    {
        await ImportAsync("f.csv", text, new() { Dataset = "d", Escape = '\\' });
        Assert.Equal(rows, await RowsAsync());
    }

    [Fact]
    public async Task Errors_name_the_option_that_reads_the_file()
    {
        Assert.Contains("-Escape '\\'",
            (await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync("f.csv", "id,text,n\n1,\"he said \\\"hi\\\" to me\",2\n"))).Message);
        Assert.Contains("-Delimiter Whitespace",
            (await Assert.ThrowsAsync<RedisMLException>(() =>
            ImportAsync("f.csv", "a b c\n1  2 3\n", new() { Dataset = "d", Delimiter = ' ' }))).Message);
    }

    [Fact]
    public async Task Rows_keep_their_lines_where_the_text_is_rewritten()
    {
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync("f.txt", "a   b\n1 \"x\ny\"\n\nz  w\n",
            new() { Dataset = "d", Whitespace = true, Schema = new Dictionary<string, ColumnType> { ["a"] = ColumnType.Int64 } }));
        Assert.Contains("line 5: 'z' in column 'a'", error.Message);
    }

    [Theory]
    [InlineData("a b\n1  \"x y\" \n", "a,b\n1,\"x y\"\n")]
    [InlineData("a\tb\r\n\"\" 1,5", "a,b\r\n\"\",\"1,5\"")]
    public async Task Text_is_rewritten_the_same_wherever_it_is_cut(string text, string expected)
    {
        for (int cut = 0; cut < text.Length; cut++)
        {
            using var stream = new RewrittenStream(new CutStream(Encoding.UTF8.GetBytes(text), cut), new WhitespaceRewriter());
            var bytes = new byte[100];
            int length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, Cancellation);
            Assert.Equal(expected, Encoding.UTF8.GetString(bytes, 0, length));
        }
    }

    [Theory]
    [InlineData("[\n  { \"a\": 1, \"b\": \"x, ]\" },\n  { \"a\": 2, \"b\": [1,2] }\n]\n", "1 x, ]|2 [1,2]")]
    [InlineData("\uFEFF[{\"a\":1,\"b\":\"\\\"\"},{\"a\":2,\"b\":null}]", "1 \"|2 ")]
    public async Task The_objects_of_a_JSON_array_are_rows(string text, string rows)
    {
        await ImportAsync("f.json", text);
        Assert.Equal(rows, await RowsAsync());
    }

    [Theory]
    [InlineData("[{\"a\":1},{\"a\":2}", "SourceCorrupt", "doesn't end")]
    [InlineData("[{\"a\":1}] {\"a\":2}", "SourceCorrupt", "behind the end")]
    [InlineData("[{\"a\":1},\n\n{\"a\":2},3]", "BadRow", "object 3: no JSON object")]
    [InlineData("[]", "NoColumns", "no JSON object")]
    [InlineData("{\"id\":1,\"text\":\"ok\"}\n{\"id\":2,\"text\":\"cut \\ud83d\"}\n", "BadRow", "line 2: ")]
    [InlineData("a,b\n", "HeaderOnly", "no rows")]
    public async Task What_is_wrong_is_said_and_where(string text, string error, string message)
    {
        var thrown = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync("f.json", text));
        Assert.Equal(error, thrown.ErrorId);
        Assert.Contains(message, thrown.Message);
        if (text.Contains("ud83d")) Assert.Contains("in column 'text' has half of a character", thrown.Message);
    }

    [Theory]
    [InlineData("{\"id\":1,\"text\":\"ok\"}\n{\"id\":2,\"text\":\"cut \\ud83d\"}\n{\"id\":3,\"text\":\"fine\"}\n")]
    [InlineData("{\"id\":1,\"text\":\"ok\"}\n{\"id\":2,\"text\":\"cut \u00FF\"}\n{\"id\":3,\"text\":\"fine\"}\n")]
    public async Task Half_characters_and_bad_bytes_are_bad_rows_of_JSON(string text)
    {
        var path = _folder.Write("f.jsonl", text.Replace("\u00FF", "~"));
        await File.WriteAllBytesAsync(path, [.. (await File.ReadAllBytesAsync(path, Cancellation)).Select(b => b == '~' ? (byte)0xFF : b)],
            Cancellation);
        _connection = await embedded.ConnectAsync();
        var result =
            await DatasetImport.RunAsync(_connection, path, new() { Dataset = "d", BadRow = BadRowPolicy.Skip }, null, Cancellation);
        Assert.Equal((1, "1 ok|3 fine"), (result.RowsRejected, await RowsAsync()));
    }

    [Fact]
    public async Task A_part_that_has_only_a_header_adds_nothing()
    {
        _connection = await embedded.ConnectAsync();
        string[] files = [_folder.Write("p0.csv", "id,x\n"), _folder.Write("p1.csv", "id,x\n1,10\n"), _folder.Write("p2.csv", "id,x"),
            _folder.Write("p3.csv", "id,x\n3,30\n")];
        await DatasetImport.RunAsync(_connection, files, new() { Dataset = "d" }, null, Cancellation);
        Assert.Equal("1 10|3 30", await RowsAsync());
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            DatasetImport.RunAsync(_connection, [files[0], files[2]], new() { Dataset = "e" }, null, Cancellation));
        Assert.Equal("HeaderOnly", error.ErrorId);
    }

    async Task<Dataset> ImportAsync(string name, string text, ImportOptions? options = null)
    {
        _connection ??= await embedded.ConnectAsync();
        await DatasetImport.RunAsync(_connection, _folder.Write(name, text), (options ?? new() { Dataset = "d" }) with { Force = true },
            null, Cancellation);
        return await new DatasetStore(_connection).GetAsync("d", null, Cancellation);
    }

    async Task<string> RowsAsync() => string.Join('|', (await _connection!.RowsAsync("d")).Select(row => string.Join(' ', row)));

    /// <summary>Hands over a first piece of a length, then the rest.</summary>
    sealed class CutStream(byte[] bytes, int cut) : ForwardStream
    {
        int _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
        {
            int end = _at < cut ? cut : bytes.Length, count = Math.Min(buffer.Length, end - _at);
            bytes.AsMemory(_at, count).CopyTo(buffer);
            _at += count;
            return ValueTask.FromResult(count);
        }
    }
}
