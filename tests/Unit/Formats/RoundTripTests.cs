using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Exporting;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Formats;

public sealed class RoundTripTests(EmbeddedServerFixture embedded) : IDisposable
{
    const int Rows = 5000;

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.arrow")]
    [InlineData("a.arrows")]
    [InlineData("a.parquet")]
    [InlineData("a.arrow.gz")]
    [InlineData("a.parquet.zst")]
    [InlineData("a.arrows.zst")]
    public async Task A_file_that_goes_in_comes_out_equal_in_type_value_and_null(string name)
    {
        await using var connection = await embedded.ConnectAsync();
        var source = WriteArrowFile();
        var first = await ImportAsync(connection, source, "first");
        var path = Path.Combine(_folder.Path, name);
        var result = await new DatasetExport(connection).RunAsync(first, new() { Path = path }, null, Cancellation);
        Assert.Equal((Rows, new FileInfo(path).Length), (result.Rows, result.Bytes));
        var second = await ImportAsync(connection, path, "second");

        Assert.Equal(Rows, second.Rows);
        Assert.Equal(first.Columns.Select(c => c.Schema), second.Columns.Select(c => c.Schema));
        Assert.Equal(await connection.RowsAsync(first.Name), await connection.RowsAsync(second.Name));
        Assert.Equal(ExpectedRows(), await connection.RowsAsync(first.Name));
        Assert.Equal([path, source], Directory.GetFiles(_folder.Path).Order());
    }

    [Theory]
    [InlineData("a.csv", ',')]
    [InlineData("a.csv.gz", ';')]
    [InlineData("a.tsv", ',')]
    [InlineData("a.jsonl", ',')]
    [InlineData("a.jsonl.zst", ',')]
    public async Task Text_keeps_every_value_that_its_schema_names(string name, char delimiter)
    {
        await using var connection = await embedded.ConnectAsync();
        var first = await ImportAsync(connection, WriteArrowFile(), "first");
        bool isCsv = !name.Contains("json");
        var path = Path.Combine(_folder.Path, name);
        if (isCsv)
        {
            var refused = await Assert.ThrowsAsync<RedisMLException>(() =>
                new DatasetExport(connection).RunAsync(first, new() { Path = path, Delimiter = delimiter }, null, Cancellation));
            Assert.Equal("ValueNotInFormat", refused.ErrorId);
            Assert.Matches("^Column '(text|bytes)', row [0-9,]+: an empty ", refused.Message);
        }
        // What CSV can't tell from missing values is left out.
        var columns = first.Columns.Where(c => !isCsv || c.Name is not ("text" or "bytes")).ToList();
        await new DatasetExport(connection)
            .RunAsync(first, new() { Path = path, Columns = [.. columns.Select(c => c.Name)], Delimiter = delimiter }, null, Cancellation);
        var second = await ImportAsync(connection, path, "second",
            new() { Dataset = "second", Schema = columns.ToDictionary(c => c.Name, c => c.Type) });
        var kept = columns.Select(c => first.Columns.ToList().IndexOf(c)).ToArray();
        Assert.Equal((await connection.RowsAsync(first.Name)).Select(row => kept.Select(i => row[i]).ToArray()),
            await connection.RowsAsync(second.Name));
    }

    [Fact]
    public async Task Some_rows_and_columns_are_exported_in_the_order_wanted()
    {
        await using var connection = await embedded.ConnectAsync();
        var dataset = await ImportAsync(connection, WriteArrowFile(), "first");
        var path = Path.Combine(_folder.Path, "part.jsonl");
        await new DatasetExport(connection)
            .RunAsync(dataset, new() { Path = path, Skip = 2, First = 2, Columns = ["text", "i16"] }, null, Cancellation);
        Assert.Equal("{\"text\":null,\"i16\":2}\n{\"text\":\"t3\",\"i16\":null}\n", await File.ReadAllTextAsync(path, Cancellation));
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            new DatasetExport(connection).RunAsync(dataset, new() { Path = path, NoClobber = true }, null, Cancellation));
        Assert.Equal("FileExists", error.ErrorId);
        Assert.Equal("UnknownFormat", Assert.Throws<RedisMLException>(() => DatasetExport.FormatOf("a.xyz", null)).ErrorId);
    }

    [Fact]
    public async Task A_file_of_another_implementation_keeps_every_value()
    {
        var path = SharedData.Path("flights-200k.arrow");
        await using var connection = await embedded.ConnectAsync();
        var dataset = await ImportAsync(connection, path, "flights");
        Assert.Equal(200_000, dataset.Rows);
        using var reader = new ArrowFileReader(File.OpenRead(path));
        var expected = new List<object?[]>();
        while (await reader.ReadNextRecordBatchAsync(Cancellation) is { } batch)
            for (int i = 0; i < batch.Length; i++)
                expected.Add([.. batch.Arrays.Select(a => ArrowValues.GetObject(a, i, ArrowTypes.ToColumnType(a.Data.DataType)!.Value))]);
        Assert.Equal(expected, await connection.RowsAsync(dataset.Name));
    }

    [Theory]
    [InlineData("a.arrow")]
    [InlineData("a.arrows")]
    [InlineData("a.parquet")]
    [InlineData("a.jsonl.zst")]
    public async Task A_file_that_was_cut_off_is_an_error_and_leaves_nothing(string name)
    {
        await using var connection = await embedded.ConnectAsync();
        var dataset = await ImportAsync(connection, WriteArrowFile(), "first");
        var path = Path.Combine(_folder.Path, name);
        await new DatasetExport(connection).RunAsync(dataset, new() { Path = path }, null, Cancellation);
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)], Cancellation);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, path, "second"));
        Assert.Equal("SourceCorrupt", error.ErrorId);
        Assert.Equal(["first"], await new DatasetStore(connection).NamesAsync(Cancellation));
    }

    [Fact]
    public async Task JSON_lines_are_read_by_name_and_widened_where_later_lines_need_it()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.Write("a.json", """
            {"a": 1, "b": "x\ny", "when": "2024-02-29", "v": [1, 2]}

            {"b": null, "a": 2.5, "when": "2024-02-29T10:00:00", "v": [0.5], "big": 123456789012345678901234567890}
            {"when": null, "flag": true, "nested": {"k": [1]}}
            """);
        var dataset = await ImportAsync(connection, path, "a");
        Assert.Equal(["Float64", "Utf8", "Timestamp(us)", "List(Float64)", "Utf8", "Boolean", "Utf8"],
            dataset.Columns.Select(c => c.Type.ToString()));
        Assert.Equal<object?[]>(
            [
                [1.0, "x\ny", new DateTime(2024, 2, 29), new[] { 1.0, 2 }, null, null, null],
                [2.5, null, new DateTime(2024, 2, 29, 10, 0, 0), new[] { 0.5 }, "123456789012345678901234567890", null, null],
                [null, null, null, null, null, true, """{"k": [1]}"""],
            ], await connection.RowsAsync(dataset.Name));
    }

    [Theory]
    [InlineData("{\"a\": 1}\n{\"a\": }\n", "line 2", "no JSON object")]
    [InlineData("{\"a\": 1}\n[1]\n", "line 2", "no JSON object")]
    [InlineData("{\"a\": 1}\n{\"a\": 2, \"a\": 3}\n", "line 2", "twice")]
    [InlineData("{\"a\": 1}\n{\"a\": \"x\"}\n", "line 2", "'x' in column 'a'")]
    public async Task A_bad_line_of_JSON_stops_with_its_number_or_is_left_out(string content, params string[] expected)
    {
        await using var connection = await embedded.ConnectAsync();
        var options = new ImportOptions { Dataset = "a", Schema = new Dictionary<string, ColumnType> { ["a"] = ColumnType.Int64 } };
        var path = _folder.Write("a.jsonl", content);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, path, "a", options));
        Assert.Equal("BadRow", error.ErrorId);
        Assert.All(expected, text => Assert.Contains(text, error.Message));
        var dataset = await ImportAsync(connection, path, "a", options with { BadRow = BadRowPolicy.Skip });
        Assert.Equal<object?[]>([[1L]], await connection.RowsAsync(dataset.Name));
    }

    [Fact]
    public async Task A_schema_converts_the_columns_of_a_typed_file_and_what_does_not_fit_is_a_bad_row()
    {
        await using var connection = await embedded.ConnectAsync();
        var schema = new Schema([new Field("n", Int64Type.Default, true), new Field("t", StringType.Default, true)], null);
        var path = Path.Combine(_folder.Path, "a.arrow");
        await using (var file = File.Create(path))
        {
            using var writer = new ArrowFileWriter(file, schema);
            await writer.WriteRecordBatchAsync(
                new(schema, [new Int64Array.Builder().Append(1).Append(300).AppendNull().Build(), new StringArray.Builder().Append("1.5")
                .Append("2").Append("x").Build()], 3), Cancellation);
            await writer.WriteEndAsync(Cancellation);
        }
        var options = new ImportOptions
        {
            Dataset = "a", Schema = new Dictionary<string,
            ColumnType>
            { ["n"] = ColumnType.Int8, ["t"] = ColumnType.Float64 }
        };
        var error = await Assert.ThrowsAsync<RedisMLException>(() => ImportAsync(connection, path, "a", options));
        Assert.Contains("row 2: '300' in column 'n' is no Int8", error.Message);
        var dataset = await ImportAsync(connection, path, "a", options with { BadRow = BadRowPolicy.Skip });
        Assert.Equal<object?[]>([[1L, 1.5]], await connection.RowsAsync(dataset.Name));
    }

    [Theory]
    [InlineData(ChunkCompression.None)]
    [InlineData(ChunkCompression.Lz4)]
    [InlineData(ChunkCompression.Zstd)]
    public async Task Chunks_of_every_compression_read_back_and_the_result_tells_the_ratio(ChunkCompression compression)
    {
        await using var connection = await embedded.ConnectAsync();
        var path = _folder.Write("a.csv", "n,t\n"
            + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i % 5},{(i % 2 == 0 ? "even" : "odd")}\n")));
        var result = await DatasetImport.RunAsync(connection, path, new() { Dataset = "a", Compression = compression }, null, Cancellation);
        Assert.InRange(result.CompressionRatio!.Value, compression == ChunkCompression.None ? 0.9 : 5, compression == ChunkCompression.None
            ? 1 : 1000);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => (object?[])[(long)(i % 5), i % 2 == 0 ? "even" : "odd"]),
            await connection.RowsAsync("a"));
    }

    static async Task<Dataset> ImportAsync(RedisMLConnection connection, string path, string name, ImportOptions? options = null)
    {
        await DatasetImport.RunAsync(connection, path, options ?? new() { Dataset = name }, null, Cancellation);
        return await new DatasetStore(connection).GetAsync(name, null, Cancellation);
    }

    /// <summary>Every type, every fourth value missing, in batches that are no chunks.</summary>
    string WriteArrowFile()
    {
        var path = Path.Combine(_folder.Path, "source.arrow");
        ColumnType[] types =
        [
            ColumnType.Int16, ColumnType.UInt8, ColumnType.UInt64, ColumnType.Float32, ColumnType.Float64, ColumnType.Boolean,
            ColumnType.Utf8,
            ColumnType.Decimal128(30, 3), ColumnType.Date32, ColumnType.Timestamp(TimestampUnit.Microsecond),
            ColumnType.Timestamp(TimestampUnit.Millisecond, "UTC"),
            ColumnType.Binary, ColumnType.List(TypeKind.Float32),
        ];
        string[] names = ["i16", "u8", "u64", "f32", "f64", "flag", "text", "exact", "day", "time", "zoned", "bytes", "vector"];
        var schema = new Schema([.. names.Zip(types, (n, t) => new Field(n, ArrowTypes.Of(t), true))], null);
        using var file = File.Create(path);
        using var writer = new ArrowFileWriter(file, schema);
        for (int start = 0; start < Rows; start += 700)
        {
            int count = Math.Min(700, Rows - start);
            var builders = types.Select(ColumnBuilder.Create).ToArray();
            for (int row = start; row < start + count; row++)
                for (int i = 0; i < types.Length; i++)
                    if (!new RedisML.Formats.Objects.ObjectValue(types[i], builders[i]).TryAppend(Value(names[i], row)))
                        throw new InvalidOperationException(names[i]);
            var arrays = types.Zip(builders, (t, b) => RedisML.Formats.Arrow.FullWidthColumn.Create(t).Widen(b.Build().Array, 0, count));
            writer.WriteRecordBatch(new RecordBatch(schema, arrays, count));
        }
        writer.WriteEnd();
        return path;
    }

    static IEnumerable<object?[]> ExpectedRows() => Enumerable.Range(0, Rows).Select(row => (object?[])
        [.. ((string[])["i16", "u8", "u64", "f32", "f64", "flag", "text", "exact", "day", "time", "zoned", "bytes", "vector"])
            .Select(name => Value(name, row))]);

    static object? Value(string name, int row) => (row + name.Length) % 4 == 2 ? null : name switch
    {
        "i16" => (long)(short)row,
        "u8" => (long)(byte)row,
        "u64" => ulong.MaxValue - (ulong)row,
        "f32" => row / 8f,
        "f64" => row / 10.0,
        "flag" => row % 3 == 0,
        "text" => row % 50 == 0 ? "" : $"t{row}",
        "exact" => row * 1.005m + 1_000_000_000_000_000_000m,
        "day" => new DateTime(1960, 1, 1).AddDays(row),
        "time" => new DateTime(1960, 1, 1).AddMinutes(row).AddMicroseconds(row),
        "zoned" => new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(row),
        "bytes" => Enumerable.Range(0, row % 5).Select(i => (byte)(row + i)).ToArray(),
        _ => Enumerable.Range(0, row % 4).Select(i => row + i / 2f).ToArray(),
    };
}
